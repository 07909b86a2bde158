// The limit of what a server can do on this machine: whatever line the sender writes goes to every listener. Its one
// argument says how: "each" is one write for each line and listener, "coalesced" is one for all lines that wait.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 1 << 16, LOG_BYTES = 64 << 20, READ_BYTES = 64 * 1024, EVENTS = 64, BACKLOG = 1024 };

/** A listener's position in the log: the end of what was written to it. */
typedef struct {
  int socket;
  bool is_listener, is_blocked;
  size_t written;
} peer;

static peer peers[MOST_CONNECTIONS];
static int listeners[MOST_CONNECTIONS];
static size_t listener_count, log_size;
static char *log_bytes;
static bool is_coalesced;
static int poller;

static void watch(peer *of, unsigned int events, int change) {
  struct epoll_event event = {.events = events, .data.ptr = of};
  epoll_ctl(poller, change, of->socket, &event);
}

static size_t end_of_next(size_t from) {
  if (is_coalesced) return log_size;
  char *line = memchr(log_bytes + from, '\n', log_size - from);
  return line ? (size_t)(line - log_bytes) + 1 : log_size;
}

static void write_waiting(peer *of) {
  bool was_blocked = of->is_blocked;
  of->is_blocked = false;
  while (of->written < log_size && !of->is_blocked) {
    size_t end = end_of_next(of->written);
    ssize_t size = send(of->socket, log_bytes + of->written, end - of->written, MSG_NOSIGNAL);
    if (size < 0) of->is_blocked = true;
    else of->written += size;
  }
  if (of->is_blocked != was_blocked) watch(of, of->is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

static void cut_log(void) {
  size_t least = log_size;
  for (size_t index = 0; index < listener_count; index++) {
    size_t written = peers[listeners[index]].written;
    if (written < least) least = written;
  }
  memmove(log_bytes, log_bytes + least, log_size - least);
  log_size -= least;
  for (size_t index = 0; index < listener_count; index++) peers[listeners[index]].written -= least;
}

static void end(peer *of) {
  close(of->socket);
  for (size_t index = 0; index < listener_count; index++) {
    if (listeners[index] == of->socket) listeners[index--] = listeners[--listener_count];
  }
}

static void take(peer *of) {
  if (LOG_BYTES - log_size < READ_BYTES) cut_log();
  if (LOG_BYTES - log_size < READ_BYTES) exit(1);
  char *to = log_bytes + log_size;
  ssize_t size = recv(of->socket, to, READ_BYTES, 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) {
    end(of);
    return;
  }
  if (to[0] == 'L' || to[0] == 'S') {
    of->is_listener = to[0] == 'L';
    of->written = log_size;
    if (of->is_listener) listeners[listener_count++] = of->socket;
    if (send(of->socket, "ready\n", 6, MSG_NOSIGNAL) < 0) end(of);
    return;
  }
  log_size += size;
  for (size_t index = 0; index < listener_count; index++) {
    peer *listener = &peers[listeners[index]];
    if (!listener->is_blocked) write_waiting(listener);
  }
}

static void admit(int server) {
  int socket = accept4(server, NULL, NULL, SOCK_NONBLOCK), yes = 1;
  if (socket < 0 || socket >= MOST_CONNECTIONS) return;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  peers[socket] = (peer){.socket = socket};
  watch(&peers[socket], EPOLLIN, EPOLL_CTL_ADD);
}

int main(int count, char **arguments) {
  is_coalesced = count > 1 && strcmp(arguments[1], "coalesced") == 0;
  log_bytes = malloc(LOG_BYTES);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int server = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (bind(server, (struct sockaddr *)&address, size) < 0 || listen(server, BACKLOG) < 0) return 1;
  getsockname(server, (struct sockaddr *)&address, &size);
  poller = epoll_create1(0);
  peers[server].socket = server;
  watch(&peers[server], EPOLLIN, EPOLL_CTL_ADD);
  printf("limit listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int index = 0; index < ready; index++) {
      peer *of = events[index].data.ptr;
      if (of->socket == server) admit(server);
      else if (events[index].events & EPOLLOUT) write_waiting(of);
      else take(of);
    }
  }
}
