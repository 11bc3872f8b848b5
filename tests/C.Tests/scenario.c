/*
 * What a program in C does with ZooKeeper's own client: znodes, versions, watches, transactions, access control, a
 * session that another process takes over by its id and password, and all of that again after the server was killed.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

#define SESSION_TIMEOUT_MS 10000
#define LONGEST_WAIT_S 15
#define LONGEST_PLAY_S 50

#define CHECK(condition) check((condition), #condition, __LINE__)
#define CHECK_OK(call) check_code(ZOK, (call), #call, __LINE__)
#define CHECK_CODE(expected, call) check_code((expected), (call), #call, __LINE__)

/* The last event of one kind, and how many there were. */
struct heard {
    int type;
    int count;
    char path[128];
};

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;

static void check(int holds, const char *what, int line)
{
    if (!holds) {
        fprintf(stderr, "line %d does not hold: %s\n", line, what);
        exit(1);
    }
}

static void check_code(int expected, int code, const char *what, int line)
{
    if (code != expected) {
        fprintf(stderr, "line %d: %s: expected %s, got %s\n", line, what, zerror(expected), zerror(code));
        exit(1);
    }
}

static void hear(zhandle_t *handle, int type, int state, const char *path, void *context)
{
    struct heard *heard = context;
    (void)handle;
    (void)state;
    if (type == ZOO_SESSION_EVENT)
        return;
    pthread_mutex_lock(&gate);
    heard->type = type;
    heard->count++;
    snprintf(heard->path, sizeof heard->path, "%s", path);
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&gate);
}

static void await_event(struct heard *heard, int type, const char *path)
{
    struct timespec deadline;
    int failure = 0;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += LONGEST_WAIT_S;
    pthread_mutex_lock(&gate);
    while (heard->count == 0 && failure == 0)
        failure = pthread_cond_timedwait(&news, &gate, &deadline);
    CHECK(failure == 0);
    CHECK(heard->count == 1);
    CHECK(heard->type == type);
    CHECK(strcmp(heard->path, path) == 0);
    memset(heard, 0, sizeof *heard);
    pthread_mutex_unlock(&gate);
}

static zhandle_t *attach(const char *server, const clientid_t *session)
{
    zhandle_t *handle = zookeeper_init(server, NULL, SESSION_TIMEOUT_MS, session, NULL, 0);
    CHECK(handle != NULL);
    for (int i = 0; i < LONGEST_WAIT_S * 100 && zoo_state(handle) != ZOO_CONNECTED_STATE; i++) {
        CHECK(zoo_state(handle) != ZOO_EXPIRED_SESSION_STATE);
        usleep(10000);
    }
    CHECK(zoo_state(handle) == ZOO_CONNECTED_STATE);
    return handle;
}

static void await_connection(zhandle_t *handle)
{
    struct Stat stat;
    int code = ZCONNECTIONLOSS;
    for (int i = 0; i < LONGEST_WAIT_S * 20 && code == ZCONNECTIONLOSS; i++) {
        code = zoo_exists(handle, "/", 0, &stat);
        if (code != ZOK)
            usleep(50000);
    }
    CHECK_CODE(ZOK, code);
}

static void restart_server(void)
{
    char answer[32] = "";
    puts("kill");
    fflush(stdout);
    CHECK(fgets(answer, sizeof answer, stdin) != NULL);
    CHECK(strcmp(answer, "started\n") == 0);
}

static void check_data(zhandle_t *handle, const char *path, const char *expected, int version)
{
    char data[256];
    int length = sizeof data;
    struct Stat stat;
    CHECK_OK(zoo_get(handle, path, 0, data, &length, &stat));
    CHECK(length == (int)strlen(expected) && memcmp(data, expected, length) == 0);
    CHECK(stat.version == version && stat.dataLength == length);
}

static void nodes(zhandle_t *handle)
{
    char path[128], none[8];
    struct Stat stat;
    struct String_vector children;
    int length = sizeof none;
    CHECK_OK(zoo_create(handle, "/c", "one", 3, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    CHECK(strcmp(path, "/c") == 0);
    CHECK_CODE(ZNODEEXISTS, zoo_create(handle, "/c", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    CHECK_CODE(ZNONODE, zoo_create(handle, "/no/c", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    check_data(handle, "/c", "one", 0);
    CHECK_OK(zoo_set2(handle, "/c", "two", 3, 0, &stat));
    CHECK(stat.version == 1 && stat.mzxid > stat.czxid);
    CHECK_CODE(ZBADVERSION, zoo_set(handle, "/c", "three", 5, 0));
    check_data(handle, "/c", "two", 1);
    /* No data is not the same as empty data. */
    CHECK_OK(zoo_create(handle, "/c/null", NULL, -1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    CHECK_OK(zoo_get(handle, "/c/null", 0, none, &length, &stat));
    CHECK(length == -1 && stat.dataLength == 0);
    CHECK_OK(zoo_create2(handle, "/c/s-", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, path, sizeof path, &stat));
    CHECK(strcmp(path, "/c/s-0000000001") == 0 && stat.version == 0);
    CHECK_OK(zoo_create(handle, "/c/mine", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path));
    CHECK_CODE(ZNOCHILDRENFOREPHEMERALS,
        zoo_create(handle, "/c/mine/child", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    CHECK_OK(zoo_get_children2(handle, "/c", 0, &children, &stat));
    CHECK(children.count == 3 && stat.numChildren == 3 && stat.cversion == 3);
    deallocate_String_vector(&children);
    CHECK_CODE(ZNOTEMPTY, zoo_delete(handle, "/c", -1));
    CHECK_CODE(ZBADVERSION, zoo_delete(handle, "/c/null", 7));
    CHECK_OK(zoo_delete(handle, "/c/null", 0));
    CHECK_CODE(ZNONODE, zoo_exists(handle, "/c/null", 0, &stat));
}

static void watches(zhandle_t *handle, zhandle_t *other)
{
    struct heard node = {0}, children = {0}, missing = {0};
    struct String_vector names;
    struct Stat stat;
    char data[16], path[64];
    int length = sizeof data;
    CHECK_OK(zoo_create(other, "/watched", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    CHECK_OK(zoo_wget(handle, "/watched", hear, &node, data, &length, &stat));
    CHECK_OK(zoo_wget_children(handle, "/watched", hear, &children, &names));
    CHECK(names.count == 0);
    deallocate_String_vector(&names);
    CHECK_CODE(ZNONODE, zoo_wexists(handle, "/watched/child", hear, &missing, &stat));
    CHECK_OK(zoo_create(other, "/watched/child", "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path));
    await_event(&children, ZOO_CHILD_EVENT, "/watched");
    await_event(&missing, ZOO_CREATED_EVENT, "/watched/child");
    CHECK_OK(zoo_set(other, "/watched", "x", 1, -1));
    await_event(&node, ZOO_CHANGED_EVENT, "/watched");
    CHECK_CODE(ZNOWATCHER, zoo_remove_watches(handle, "/watched", ZWATCHTYPE_DATA, hear, &node, 0));

    /* Watches that are set go with the session to the server's next life. */
    CHECK_OK(zoo_wexists(handle, "/watched/child", hear, &missing, &stat));
    restart_server();
    await_connection(handle);
    await_connection(other);
    CHECK_OK(zoo_delete(other, "/watched/child", -1));
    await_event(&missing, ZOO_DELETED_EVENT, "/watched/child");
}

static void transactions(zhandle_t *handle)
{
    zoo_op_t operations[4];
    zoo_op_result_t results[4];
    char path[64], child[64];
    struct Stat stat;
    zoo_create_op_init(&operations[0], "/multi", "a", 1, &ZOO_OPEN_ACL_UNSAFE, 0, path, sizeof path);
    zoo_create_op_init(&operations[1], "/multi/q-", "b", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_SEQUENCE, child, sizeof child);
    zoo_set_op_init(&operations[2], "/multi", "c", 1, 0, &stat);
    zoo_check_op_init(&operations[3], "/multi", 1);
    CHECK_OK(zoo_multi(handle, 4, operations, results));
    CHECK(strcmp(path, "/multi") == 0 && strcmp(child, "/multi/q-0000000000") == 0 && stat.version == 1);
    check_data(handle, "/multi", "c", 1);

    zoo_delete_op_init(&operations[0], "/multi/q-0000000000", -1);
    zoo_check_op_init(&operations[1], "/multi", 9);
    zoo_delete_op_init(&operations[2], "/multi", -1);
    CHECK_CODE(ZBADVERSION, zoo_multi(handle, 3, operations, results));
    CHECK(results[0].err == ZOK && results[1].err == ZBADVERSION && results[2].err == ZRUNTIMEINCONSISTENCY);
    check_data(handle, "/multi/q-0000000000", "b", 0);
}

static void added(int code, const void *context)
{
    struct heard *heard = (struct heard *)context;
    pthread_mutex_lock(&gate);
    heard->type = code;
    heard->count++;
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&gate);
}

static void access_control(zhandle_t *handle, zhandle_t *stranger)
{
    struct heard answer = {0};
    struct ACL_vector acl;
    struct Stat stat;
    char path[64], data[16];
    int length = sizeof data;
    CHECK_CODE(ZINVALIDACL, zoo_create(handle, "/own", "", 0, &ZOO_CREATOR_ALL_ACL, 0, path, sizeof path));
    CHECK_OK(zoo_add_auth(handle, "digest", "user:secret", 11, added, &answer));
    pthread_mutex_lock(&gate);
    while (answer.count == 0)
        pthread_cond_wait(&news, &gate);
    pthread_mutex_unlock(&gate);
    CHECK_CODE(ZOK, answer.type);
    CHECK_OK(zoo_create(handle, "/own", "x", 1, &ZOO_CREATOR_ALL_ACL, 0, path, sizeof path));
    CHECK_OK(zoo_get_acl(handle, "/own", &acl, &stat));
    CHECK(acl.count == 1 && acl.data[0].perms == ZOO_PERM_ALL && strcmp(acl.data[0].id.scheme, "digest") == 0);
    CHECK(strncmp(acl.data[0].id.id, "user:", 5) == 0);
    deallocate_ACL_vector(&acl);
    CHECK_CODE(ZNOAUTH, zoo_get(stranger, "/own", 0, data, &length, &stat));
    CHECK_CODE(ZNOAUTH, zoo_set(stranger, "/own", "y", 1, -1));
    CHECK_OK(zoo_set_acl(handle, "/own", -1, &ZOO_READ_ACL_UNSAFE));
    check_data(stranger, "/own", "x", 0);
    CHECK_CODE(ZNOAUTH, zoo_set(handle, "/own", "y", 1, -1));
}

/* Opens a session in a process that ends without closing it, as one that crashes would. */
static clientid_t leave_session(const char *server)
{
    clientid_t session;
    int ends[2], status = -1;
    pid_t child;
    CHECK(pipe(ends) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char path[64];
        zhandle_t *handle = attach(server, NULL);
        CHECK_OK(zoo_create(handle, "/life", "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, path, sizeof path));
        session = *zoo_client_id(handle);
        CHECK(write(ends[1], &session, sizeof session) == sizeof session);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(read(ends[0], &session, sizeof session) == sizeof session);
    return session;
}

static void taking_over(const char *server, clientid_t session, zhandle_t *other)
{
    struct Stat stat;
    zhandle_t *heir = attach(server, &session);
    CHECK(zoo_client_id(heir)->client_id == session.client_id);
    CHECK_OK(zoo_exists(heir, "/life", 0, &stat));
    CHECK(stat.ephemeralOwner == session.client_id);
    restart_server();
    await_connection(heir);
    await_connection(other);
    CHECK(zoo_client_id(heir)->client_id == session.client_id);
    CHECK_OK(zoo_exists(other, "/life", 0, &stat));
    CHECK_OK(zookeeper_close(heir));
    CHECK_CODE(ZNONODE, zoo_exists(other, "/life", 0, &stat));
}

int main(int count, char **arguments)
{
    zhandle_t *handle, *other;
    clientid_t session;
    CHECK(count == 2);
    /* A hang ends the program, which then says what it waited for by what it has not said. */
    alarm(LONGEST_PLAY_S);
    setvbuf(stdout, NULL, _IOLBF, 0);
    zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
    /* Before there are threads, which a fork does not copy. */
    session = leave_session(arguments[1]);
    handle = attach(arguments[1], NULL);
    other = attach(arguments[1], NULL);
    taking_over(arguments[1], session, other);
    puts("taking over");
    nodes(handle);
    puts("nodes");
    watches(handle, other);
    puts("watches");
    transactions(handle);
    puts("transactions");
    access_control(handle, other);
    puts("access control");
    CHECK_OK(zookeeper_close(handle));
    CHECK_OK(zookeeper_close(other));
    puts("holds");
    return 0;
}
