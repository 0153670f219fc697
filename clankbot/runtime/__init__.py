"""What a long-lived process needs: threads, periodic work, logs, systemd."""
