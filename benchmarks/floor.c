/* The two ends that a fan-out is measured against and with: as little as a process can do. Linux.

   floor send PORT BYTES             writes BYTES ready bytes to every connection for each line on its standard input
   floor receive PORT N BYTES [ws]   opens N connections (with a WebSocket handshake if asked), says "ready", and then
                                     writes the monotonic time in ns whenever all of them have got BYTES more bytes
*/
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LISTENER = -1, INPUT = -2, MOST = 65536 };

static void need(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static struct sockaddr_in local(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int epoll, int fd, int tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = tag};
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

static int run_sender(int port, size_t bytes) {
    static int readers[MOST];
    int count = 0, listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, epoll = epoll_create1(0);
    struct sockaddr_in address = local(port);
    char *frame = malloc(bytes), line[64];
    memset(frame, 'x', bytes);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    need(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    need(listen(listener, 4096) == 0, "listen");
    watch(epoll, listener, LISTENER);
    watch(epoll, 0, INPUT);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(epoll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == LISTENER) {
                int reader = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                need(reader >= 0 && count < MOST, "accept");
                setsockopt(reader, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                readers[count++] = reader;
            } else {
                if (read(0, line, sizeof line) <= 0) return 0;
                for (int r = 0; r < count; r++) send(readers[r], frame, bytes, MSG_NOSIGNAL);
            }
        }
    }
}

static void shake_hands(int fd) {
    static const char request[] =
        "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    char answer[4096];
    size_t got = 0;
    need(write(fd, request, sizeof request - 1) == sizeof request - 1, "write");
    do {
        ssize_t more = read(fd, answer + got, sizeof answer - 1 - got);
        need(more > 0, "handshake");
        answer[got += more] = 0;
    } while (!strstr(answer, "\r\n\r\n"));
    need(strncmp(answer, "HTTP/1.1 101", 12) == 0, answer);
}

static int run_receiver(int port, int count, size_t bytes, int websocket) {
    static struct epoll_event events[MOST];
    static char sink[MOST];
    int epoll = epoll_create1(0);
    struct sockaddr_in address = local(port);
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        need(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, "connect");
        if (websocket) shake_hands(fd);
        watch(epoll, fd, fd);
    }
    puts("ready");
    fflush(stdout);
    for (size_t missing = bytes * count;;) {
        int ready = epoll_wait(epoll, events, MOST, -1);
        for (int i = 0; i < ready; i++) {
            ssize_t got = read(events[i].data.fd, sink, sizeof sink);
            if (got <= 0) return 0;
            missing -= got;
        }
        if (missing == 0) {
            struct timespec now;
            clock_gettime(CLOCK_MONOTONIC, &now);
            printf("%lld\n", now.tv_sec * 1000000000LL + now.tv_nsec);
            fflush(stdout);
            missing = bytes * count;
        }
    }
}

int main(int argc, char **argv) {
    if (argc >= 4 && !strcmp(argv[1], "send")) return run_sender(atoi(argv[2]), atoi(argv[3]));
    if (argc >= 5 && !strcmp(argv[1], "receive"))
        return run_receiver(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]), argc > 5);
    return 2;
}
