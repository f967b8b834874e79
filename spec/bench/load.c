// Load generator and echo server of `npm run bench`: one thread and epoll, so that it costs less than any proxy it measures.
// node-load.ts is the same program for machines without a C compiler; load.ts runs either of them.
//
//   load echo   PORT
//   load conn   PORT CONNECTIONS SECONDS         connect, send the protocol header, read 8 octets, close; repeat
//   load refuse PORT CONNECTIONS SECONDS [COUNT] connect, send 8 wrong octets, read to the end; repeat, at most COUNT times
//   load check  PORT CONNECTIONS SECONDS         connect, send FIN, read to the end; repeat
//   load ping   PORT CONNECTIONS SECONDS SIZE    header, then round trips of SIZE octets
//   load bulk   PORT CONNECTIONS SECONDS SIZE    header, then as many octets as possible, in writes of SIZE
//   load hold   PORT CONNECTIONS SECONDS         header, then keep the connections open
//
// Prints one JSON object per line, at the end or at SIGTERM. `hold` prints {"open":N} when all its connections have been answered or have failed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, ECHO_CHUNK = 1 << 16, DIALING = 64, LATENCIES = 1 << 22, SOURCES = 100, GRACE = 5 };
enum mode { ECHO, CONN, REFUSE, CHECK, PING, BULK, HOLD, MODES };
static const char *const NAMES[MODES] = {"echo", "conn", "refuse", "check", "ping", "bulk", "hold"};
static const char HEADER[8] = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
static const char WRONG_HEADER[8] = "amqp0091";

enum state { CLOSED, CONNECTING, GREETING, RUNNING };
struct connection {
  int fd;
  enum state state;
  double began;
  size_t received;
  // Echo server: what the socket did not take yet.
  char *rest;
  size_t rest_length, rest_sent;
};

static enum mode mode;
static int port, epoll;
static size_t size, dials_left = SIZE_MAX, active;
static double end;
static volatile sig_atomic_t is_stopped;
static unsigned long operations, errors, octets, open_connections, settled;
static char *buffer;
static float *latencies;
static size_t latency_count;

static void stop(int signal) { is_stopped = signal; }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void watch(int operation, struct connection *c, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(epoll, operation, c->fd, &event);
}

static struct sockaddr_in loopback(void) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void no_delay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int is_short(void) { return mode == CONN || mode == REFUSE || mode == CHECK; }

static void dial(struct connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) {
    perror("socket");
    exit(1);
  }
  no_delay(c->fd);
  if (is_short()) {
    // Several source addresses, so that the ports do not run out.
    static unsigned next;
    int on = 1;
    struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 256 * (1 + next++ % SOURCES))};
    setsockopt(c->fd, SOL_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &on, sizeof on);
    bind(c->fd, (struct sockaddr *)&source, sizeof source);
  }
  c->began = now();
  c->received = 0;
  c->state = CONNECTING;
  active++;
  dials_left--;
  struct sockaddr_in address = loopback();
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    perror("connect");
    exit(1);
  }
  watch(EPOLL_CTL_ADD, c, EPOLLIN | EPOLLOUT);
}

static void count(struct connection *c) {
  operations++;
  if (latency_count < LATENCIES) latencies[latency_count++] = (now() - c->began) * 1e6;
}

static void finish(struct connection *c, int is_right) {
  if (is_right) count(c);
  else errors++;
  if (mode == HOLD) {
    if (c->state == RUNNING) open_connections--;
    else settled++;
  }
  close(c->fd);
  c->state = CLOSED;
  active--;
  if (is_short() && now() < end && dials_left > 0) dial(c);
}

static void send_ping(struct connection *c) {
  c->received = 0;
  c->began = now();
  if (write(c->fd, buffer, size) != (ssize_t)size) finish(c, 0);
}

static void connected(struct connection *c) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) {
    finish(c, 0);
    return;
  }
  c->state = GREETING;
  if (mode == CHECK) shutdown(c->fd, SHUT_WR);
  else if (write(c->fd, mode == REFUSE ? WRONG_HEADER : HEADER, 8) != 8) {
    finish(c, 0);
    return;
  }
  watch(EPOLL_CTL_MOD, c, EPOLLIN);
}

static void readable(struct connection *c) {
  ssize_t length = read(c->fd, buffer + CHUNK, CHUNK);
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) {
    finish(c, mode == REFUSE || mode == CHECK);
    return;
  }
  c->received += length;
  if (c->state == RUNNING) octets += length;
  if (c->state == GREETING && c->received >= 8) {
    if (mode == CONN) finish(c, 1);
    else if (mode != REFUSE && mode != CHECK) {
      c->state = RUNNING;
      if (mode == PING) send_ping(c);
      if (mode == BULK) watch(EPOLL_CTL_MOD, c, EPOLLIN | EPOLLOUT);
      if (mode == HOLD) {
        open_connections++;
        settled++;
      }
    }
  } else if (mode == PING && c->received >= size) {
    count(c);
    send_ping(c);
  }
}

static void writable(struct connection *c) {
  if (write(c->fd, buffer, size) < 0 && errno != EAGAIN) finish(c, 0);
}

// A stalled machine may take longer for the first one.
static int is_over(void) {
  if (is_stopped) return 1;
  unsigned long done = mode == BULK ? octets : operations;
  return now() >= (done > 0 || mode == HOLD ? end : end + GRACE);
}

static void run(size_t connections, double seconds) {
  static struct epoll_event events[1024];
  struct connection *all = calloc(connections, sizeof *all);
  size_t dialed = 0;
  int is_said = 0;
  end = now() + seconds;
  while (!is_over() && (dialed < connections || active > 0)) {
    // Not all at once: the listener's queue is short.
    while (dialed < connections && (mode != HOLD || dialed - settled < DIALING)) dial(&all[dialed++]);
    if (mode == HOLD && settled == connections && !is_said) {
      is_said = 1;
      printf("{\"open\":%lu}\n", open_connections);
      fflush(stdout);
    }
    int length = epoll_wait(epoll, events, 1024, 50);
    for (int i = 0; i < length; i++) {
      struct connection *c = events[i].data.ptr;
      unsigned what = events[i].events;
      if (c->state == CONNECTING && what & (EPOLLOUT | EPOLLERR)) connected(c);
      if (c->state > CONNECTING && what & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
      if (mode == BULK && c->state == RUNNING && what & EPOLLOUT) writable(c);
    }
  }
}

static void echo_accept(int listener) {
  int fd;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    no_delay(fd);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    watch(EPOLL_CTL_ADD, c, EPOLLIN);
  }
}

static void echo_close(struct connection *c) {
  close(c->fd);
  free(c->rest);
  free(c);
}

// Reads nothing more from a connection until its rest is written: one that does not read holds up no other.
static void echo_event(struct connection *c) {
  if (c->rest) {
    ssize_t sent = write(c->fd, c->rest + c->rest_sent, c->rest_length - c->rest_sent);
    if (sent < 0 && errno != EAGAIN) {
      echo_close(c);
      return;
    }
    if (sent > 0) c->rest_sent += sent;
    if (c->rest_sent < c->rest_length) return;
    free(c->rest);
    c->rest = NULL;
    watch(EPOLL_CTL_MOD, c, EPOLLIN);
    return;
  }
  ssize_t length = read(c->fd, buffer, ECHO_CHUNK);
  ssize_t sent = length > 0 ? write(c->fd, buffer, length) : -1;
  if (length <= 0 || (sent < 0 && errno != EAGAIN)) {
    echo_close(c);
    return;
  }
  if (sent < length) {
    if (sent < 0) sent = 0;
    c->rest_length = length - sent;
    c->rest_sent = 0;
    c->rest = memcpy(malloc(c->rest_length), buffer + sent, c->rest_length);
    watch(EPOLL_CTL_MOD, c, EPOLLOUT);
  }
}

static void echo(void) {
  static struct epoll_event events[512];
  int on = 1;
  struct connection listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
  setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = loopback();
  if (bind(listener.fd, (struct sockaddr *)&address, sizeof address) || listen(listener.fd, 4096)) {
    perror("listen");
    exit(1);
  }
  watch(EPOLL_CTL_ADD, &listener, EPOLLIN);
  for (;;) {
    int length = epoll_wait(epoll, events, 512, -1);
    for (int i = 0; i < length; i++) {
      if (events[i].data.ptr == &listener) echo_accept(listener.fd);
      else echo_event(events[i].data.ptr);
    }
  }
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double q) { return latency_count ? latencies[(size_t)((latency_count - 1) * q)] / 1e3 : 0; }

static double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  if (argc > 3) signal(SIGTERM, stop);
  while (mode < MODES && (argc < 3 || strcmp(NAMES[mode], argv[1]))) mode++;
  if (mode == MODES || (mode != ECHO && argc < 5)) {
    fprintf(stderr, "usage: see the first lines of load.c\n");
    return 2;
  }
  port = atoi(argv[2]);
  epoll = epoll_create1(0);
  buffer = calloc(2, CHUNK);
  if (mode == ECHO) echo();
  if (argc > 5 && mode == REFUSE) dials_left = strtoul(argv[5], NULL, 10);
  else if (argc > 5) size = strtoul(argv[5], NULL, 10);
  latencies = malloc(LATENCIES * sizeof *latencies);
  double began = now();
  run(strtoul(argv[3], NULL, 10), atof(argv[4]));
  double seconds = now() - began;
  double cpu = cpu_seconds();
  qsort(latencies, latency_count, sizeof *latencies, ascending);
  printf("{\"operations\":%lu,\"octets\":%lu,\"errors\":%lu,\"open\":%lu,\"seconds\":%.6f,\"cpu\":%.6f,\"p50\":%.4f,\"p99\":%.4f}\n",
         operations, octets, errors, open_connections, seconds, cpu, quantile(0.5), quantile(0.99));
}
