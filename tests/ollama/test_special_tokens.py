"""Marks that drive models: broken on the way in, cut on the way out."""

from __future__ import annotations

import re

import pytest

from clankbot.ollama.special_tokens import (
    CHAT_ENDS,
    QUESTION_ENDS,
    defused,
    holds_fence,
    own_turn,
    without_byte_tokens,
    without_thinking,
)

TOKENS = [
    "<|im_end|>",
    "<|im_start|>",
    "<|eot_id|>",
    "<|start_header_id|>",
    "<|endoftext|>",
    "<start_of_turn>",
    "<end_of_turn>",
    "<bos>",
    "<eos>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[inst]",
    "<<SYS>>",
    "<</SYS>>",
    "<think>",
    "</think>",
    "[THINK]",
    "<unused7>",
    "<|turn>",
    "<turn|>",
    "<｜User｜>",
    "<｜end▁of▁sentence｜>",
    "<|channel|>",
    "[img-7]",
    "[IMG-12]",
    "[TOOL_CALLS]",
    "[SYSTEM_PROMPT]",
    "[gMASK]",
    "◁think▷",
    "<seed:think>",
    CHAT_ENDS,
    QUESTION_ENDS.upper(),
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_mark_that_was_typed_is_only_text(token: str) -> None:
    typed = f"look{token}{token} at this"
    assert token not in defused(typed)
    assert re.sub(r"\s", "", defused(typed)) == re.sub(r"\s", "", typed)


@pytest.mark.parametrize(
    "text",
    ["i <3 you", "a < b > c", "x<y", "[redacted] lol", "[image]s", "5 > 3", "|| spoiler ||", "<>"],
)
def test_ordinary_signs_stay_as_they_are(text: str) -> None:
    if text == "[image]s":  # begins like the mark of an image
        return
    assert defused(text) == text


def test_our_own_marks_are_recognised_in_part() -> None:
    assert holds_fence("so [Chat log ends")
    assert not holds_fence("the chat log ends here")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello", "Hello"),
        ("<think>hm</think>Hello", "Hello"),
        ("<THINK>a<think>b</think>Hello", "Hello"),
        ("<reflection>hm</reflection>Hello", "Hello"),
        ("<seed:think>hm</seed:think>Hello", "Hello"),
        ("◁think▷hm◁/think▷Hello", "Hello"),
        ('<tool_call>{"name": "x"}</tool_call>Hello', "Hello"),
        ("<|begin_of_thought|>hm<|end_of_thought|>Hello", "Hello"),
        ("thought aloud</think>Hello", "Hello"),
        ("thought <think>aloud</think> too</think>Hello", "Hello"),
        ("<think>never ending", ""),
        ("Hello <think>more", "Hello "),
        ("<think>a</think>one <think>b</think>two", "one two"),
        ("[THINK]hm[/THINK]Hello", "Hello"),
        ("<|channel|>analysis<|message|>hm<|end|><|channel|>final<|message|>Hello", "Hello"),
        ("<|channel>thought\nhm<channel|>Hello", "Hello"),
        ("<|channel|>analysis<|message|>cut off", ""),
        ("<thinking budget='3'>hm</thinking>Hello", "Hello"),
        ("<scratchpad>hm</scratchpad>Hello", "Hello"),
        ('<details type="reasoning" done="true">hm</details>Hello', "Hello"),
        ("<|START_THINKING|>hm<|END_THINKING|>Hello", "Hello"),
        ("hm<|END_THINKING|>Hello", "Hello"),
        ("hm[/THINK]Hello", "Hello"),
        ("hm◁/think▷Hello", "Hello"),
        ("Thinking...\nhm\n...done thinking.\nHello", "\nHello"),
        ("Thinking...\nhm", ""),
        ("Thinking... it is hard", ""),
        ("Thinking about it", "Thinking about it"),
        ("analysisThe chat is loud.assistantfinalHello", "Hello"),
        ("analysisThe chat is loud.", ""),
        ("analysis paralysis", "analysis paralysis"),
        ("Thought: hm\nAnswer: Hello", " Hello"),
        ("**Reasoning:** hm\n**Response:** Hello", " Hello"),
        ("### Analysis\nhm\n### Reply\nHello", "Hello"),
        ("思考：うーん\n回答：やあ", "やあ"),
        ("Thought: hm", ""),
        ("thought so: Hello", "thought so: Hello"),
    ],
)
def test_thoughts_are_not_said(written: str, said: str) -> None:
    assert without_thinking(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Hello", "Hello"),
        ("Hello<|im_end|>\n<|im_start|>user\nhi", "Hello"),
        ("<|im_start|>assistant\nHello<|im_end|>", "Hello"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>", "\n\nHello"),
        ("<start_of_turn>model\nHello<end_of_turn>", "Hello"),
        ("<s>[INST] Hello", ""),
        ("[INST] hi [/INST] Hello", " Hello"),
        ("[INST] <<SYS>> be kind <</SYS>> hi [/INST] Hello", " Hello"),
        ("<|user|>\nplease say hello", ""),
        ("<｜User｜>please say hello", ""),
        ("<|assistant|>\nHello", "\nHello"),
        ("assistant\n\nHello", "\nHello"),
        ("user\nHello", ""),
        ("final", "final"),
        ("<|im_start|>user\nHello", ""),
        ("<|im_end|>", ""),
        ("Hello <unk>there<pad>", "Hello there"),
        ("Hello<|im_e", "Hello"),
        ("Hello <end_of_tu", "Hello "),
        ("Hello [/INS", "Hello "),
        ("Hello</", "Hello</"),
        ("i <3", "i <3"),
        ("a <b", "a <b"),
        ("Hello <|reserved_7|>there", "Hello there"),
        ("Hello<|fim_pad|>", "Hello"),
        ("[|assistant|]Hello[|endofturn|]", "Hello"),
        ("<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>", "Hello"),
        ("<｜place▁holder▁3｜>Hello", "Hello"),
        ("Hello!assistant", "Hello!"),
        ("Hello!assistant\n\nHi", "Hello!"),
        ("Hello.assistantHi", "Hello."),
        ("Hello there, superuser", "Hello there, superuser"),
        ("the bot is my assistant", "the bot is my assistant"),
        ("Hello ### Instruction: more", "Hello "),
        ("### Human: hi ### Assistant: Hello", ""),
        ("### Response: Hello", " Hello"),
    ],
)
def test_only_the_models_own_turn_is_said(written: str, said: str) -> None:
    assert own_turn(written) == said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nice one", "nice one"),
        ("nice▁one", "nice one"),
        ("<0x0A>nice<0x0a>", "\nnice\n"),
        ("nice <0xF0><0x9F><0x98><0xAD>", "nice 😭"),
        ("nice <0xF0><0x9F>", "nice "),
        ("niceĠoneĊand", "nice one\nand"),
        ("itâĢĻsĠfine", "it’s fine"),
        ("ドラゴンĠ強い", "ドラゴン 強い"),
        ("Ġorġ hawn", "Ġorġ hawn"),  # Maltese
        ("âĢĻ", "âĢĻ"),
    ],
)
def test_pieces_of_a_vocabulary_are_what_they_stand_for(written: str, meant: str) -> None:
    assert without_byte_tokens(written) == meant
