/* Preloaded into the program: system calls fail when the tests say so.

   FAULTS_CONTROL names a file of eight 64-bit numbers, shared with the tests:
   which kinds of calls fail (bits as in preload.py), how many of them were seen, the first that
   fails (0 is the next), how many fail, with which errno, how many have failed, and for how many
   milliseconds each waits first.  But for names, only calls on files whose path holds FAULTS_PATH
   count. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, OPEN = 4, TRUNCATE = 8, READ = 16, NAME = 32 };
enum { KINDS, SEEN, FIRST, COUNT, ERRNO, FAILED, WAIT_MS, NUMBERS = 8 };

static int64_t *control;
static const char *path_part;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_CONTROL");
    path_part = getenv("FAULTS_PATH");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *shared = mmap(NULL, NUMBERS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) control = shared;
}

/* Whether this call is to fail; errno is set then. */
static int fails(int kind, const char *path) {
    if (path && path_part && !strstr(path, path_part)) return 0;
    int64_t number = __atomic_fetch_add(&control[SEEN], 1, __ATOMIC_SEQ_CST);
    if (number < control[FIRST] || number >= control[FIRST] + control[COUNT]) return 0;
    struct timespec wait = {control[WAIT_MS] / 1000, control[WAIT_MS] % 1000 * 1000000};
    nanosleep(&wait, NULL);
    __atomic_fetch_add(&control[FAILED], 1, __ATOMIC_SEQ_CST);
    errno = (int)control[ERRNO];
    return 1;
}

static int is_armed(int kind) { return control && (control[KINDS] & kind); }

static int path_fails(int kind, const char *path) { return is_armed(kind) && fails(kind, path); }

static int fd_fails(int kind, int fd) {
    if (!is_armed(kind)) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(kind, path);
}

ssize_t write(int fd, const void *data, size_t size) {
    return fd_fails(WRITE, fd) ? -1 : REAL(write)(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fd_fails(WRITE, fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fd_fails(WRITE, fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
ssize_t pread64(int fd, void *data, size_t size, off64_t at) {
    return fd_fails(READ, fd) ? -1 : REAL(pread64)(fd, data, size, at);
}
int fsync(int fd) { return fd_fails(SYNC, fd) ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return fd_fails(SYNC, fd) ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { return fd_fails(TRUNCATE, fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) {
    return fd_fails(TRUNCATE, fd) ? -1 : REAL(ftruncate64)(fd, size);
}

static mode_t mode_of(int flags, va_list rest) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}
int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return path_fails(OPEN, path) ? -1 : REAL(open)(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return path_fails(OPEN, path) ? -1 : REAL(open64)(path, flags, mode);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
    if (is_armed(NAME) && fails(NAME, NULL)) return EAI_AGAIN;
    return REAL(getaddrinfo)(node, service, hints, found);
}
