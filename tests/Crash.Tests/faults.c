/*
 * What a failing disk does to the log, between the server and libc: preloaded into the server's process, it makes calls
 * on the log's files fail for as long as a control file exists.
 *
 * FAULTS_CONTROL  the control file. Its text is "write ERRNO COUNT" or "flush ERRNO COUNT": which calls fail, with
 *                 what, and how many of them; a COUNT of -1 is all.
 * FAULTS_PREFIX   how the base names of the log's files begin.
 *
 * It creates FAULTS_CONTROL.loaded when it is loaded and appends a line to FAULTS_CONTROL.hits for each call that it
 * fails: a test of a fault that never happened would prove nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *control, *prefix;
static atomic_int failed;

/* By system calls of our own: the functions of the same purpose are those that are intercepted. */
static void append_line(const char *suffix, const char *line)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s%s", control, suffix);
    long file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    syscall(SYS_write, file, line, strlen(line));
    syscall(SYS_close, file);
}

__attribute__((constructor)) static void loaded(void)
{
    control = getenv("FAULTS_CONTROL");
    prefix = getenv("FAULTS_PREFIX");
    if (control != NULL && prefix != NULL)
        append_line(".loaded", "");
}

static int is_of_the_log(int file)
{
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    const char *slash = strrchr(path, '/');
    return slash != NULL && strncmp(slash + 1, prefix, strlen(prefix)) == 0;
}

/* Whether this call fails; errno is then what it fails with. */
static int fails(const char *kind, int file)
{
    if (control == NULL || prefix == NULL)
        return 0;
    int saved = errno;
    long opened = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
        atomic_store(&failed, 0);
        errno = saved;
        return 0;
    }

    char text[64] = { 0 }, wanted[16] = { 0 };
    int error = 0, count = 0;
    syscall(SYS_read, opened, text, sizeof text - 1);
    syscall(SYS_close, opened);
    errno = saved;
    if (sscanf(text, "%15s %d %d", wanted, &error, &count) != 3 || strcmp(wanted, kind) != 0 || !is_of_the_log(file)) {
        errno = saved;
        return 0;
    }

    if (count >= 0 && atomic_fetch_add(&failed, 1) >= count) {
        errno = saved;
        return 0;
    }

    append_line(".hits", "hit\n");
    errno = error;
    return 1;
}

#define INTERCEPT(kind, result, name, parameters, arguments)                     \
    result name parameters                                                       \
    {                                                                            \
        static result(*real) parameters;                                         \
        if (real == NULL)                                                        \
            real = (result(*) parameters)dlsym(RTLD_NEXT, #name);                \
        return fails(kind, file) ? -1 : real arguments;                          \
    }

INTERCEPT("write", ssize_t, write, (int file, const void *bytes, size_t length), (file, bytes, length))
INTERCEPT("write", ssize_t, pwrite, (int file, const void *bytes, size_t length, off_t offset),
          (file, bytes, length, offset))
INTERCEPT("write", ssize_t, pwrite64, (int file, const void *bytes, size_t length, off64_t offset),
          (file, bytes, length, offset))
INTERCEPT("write", ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
INTERCEPT("write", ssize_t, pwritev, (int file, const struct iovec *parts, int count, off_t offset),
          (file, parts, count, offset))
INTERCEPT("write", ssize_t, pwritev64, (int file, const struct iovec *parts, int count, off64_t offset),
          (file, parts, count, offset))
INTERCEPT("write", int, ftruncate, (int file, off_t length), (file, length))
INTERCEPT("write", int, ftruncate64, (int file, off64_t length), (file, length))
INTERCEPT("write", int, fallocate, (int file, int mode, off_t offset, off_t length), (file, mode, offset, length))
INTERCEPT("write", int, fallocate64, (int file, int mode, off64_t offset, off64_t length), (file, mode, offset, length))
INTERCEPT("flush", int, fsync, (int file), (file))
INTERCEPT("flush", int, fdatasync, (int file), (file))

/* These two tell the error by their result. */
#define INTERCEPT_RESULT(name, type)                                             \
    int name(int file, type offset, type length)                                 \
    {                                                                            \
        static int (*real)(int, type, type);                                     \
        if (real == NULL)                                                        \
            real = (int (*)(int, type, type))dlsym(RTLD_NEXT, #name);            \
        return fails("write", file) ? errno : real(file, offset, length);        \
    }

INTERCEPT_RESULT(posix_fallocate, off_t)
INTERCEPT_RESULT(posix_fallocate64, off64_t)
