/*
 * One member of a measured Corosync group: joins a CPG, obeys lines on standard input,
 *   run SIZE MILLISECONDS flood|ping|idle
 * and answers each with one line of JSON: what it saw. Times are CLOCK_MONOTONIC in microseconds.
 */
#include <corosync/cpg.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PING_MARK 1
#define FLOOD_MARK 2
#define PINGS_MAX 100000
#define DRAIN_US 300000.0
#define BURST 64

static uint32_t self;
static unsigned members;
static long count;
static double first_us, last_us;
static double own[PINGS_MAX], others[PINGS_MAX];
static int own_count, others_count;
static char message[1024 * 1024];

static double now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

static void on_deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t node,
                       uint32_t pid, void *bytes, size_t length) {
  (void)handle; (void)group; (void)pid;
  double at = now_us();
  const char *data = bytes;
  if (length < 16) return;
  if (data[0] == PING_MARK) {
    double sent;
    memcpy(&sent, data + 8, sizeof sent);
    if (node == self && own_count < PINGS_MAX) own[own_count++] = at - sent;
    if (node != self && others_count < PINGS_MAX) others[others_count++] = at - sent;
    return;
  }
  if (count++ == 0) first_us = at;
  last_us = at;
}

static void on_members(cpg_handle_t handle, const struct cpg_name *group,
                       const struct cpg_address *list, size_t length,
                       const struct cpg_address *left, size_t left_count,
                       const struct cpg_address *joined, size_t joined_count) {
  (void)handle; (void)group; (void)list; (void)left; (void)left_count; (void)joined;
  (void)joined_count;
  members = length;
  printf("{\"kind\":\"member\",\"count\":%u,\"atUs\":%.1f}\n", members, now_us());
  fflush(stdout);
}

static cs_error_t send_one(cpg_handle_t handle, int mark, size_t size) {
  double at = now_us();
  struct iovec piece = {message, size};
  message[0] = mark;
  memcpy(message + 8, &at, sizeof at);
  return cpg_mcast_joined(handle, CPG_TYPE_AGREED, &piece, 1);
}

static void print_list(const char *name, const double *list, int length) {
  printf(",\"%s\":[", name);
  for (int i = 0; i < length; i++) printf(i ? ",%.1f" : "%.1f", list[i]);
  printf("]");
}

static void run(cpg_handle_t handle, int fd, size_t size, long ms, const char *role) {
  double begin = now_us(), end = begin + ms * 1e3, next_ping = begin;
  int floods = !strcmp(role, "flood"), pings = !strcmp(role, "ping");
  count = own_count = others_count = 0;
  first_us = last_us = 0;
  for (double now = begin; now < end + DRAIN_US; now = now_us()) {
    int blocked = !floods || now >= end, wait_ms = 1;
    for (int i = 0; !blocked && i < BURST; i++)
      blocked = send_one(handle, FLOOD_MARK, size) != CS_OK;
    if (pings && now < end && now >= next_ping && send_one(handle, PING_MARK, size) == CS_OK)
      next_ping += 1000;
    if (!blocked) wait_ms = 0;
    struct pollfd p = {fd, POLLIN, 0};
    if (poll(&p, 1, wait_ms) > 0) cpg_dispatch(handle, CS_DISPATCH_ALL);
  }
  printf("{\"kind\":\"seen\",\"count\":%ld,\"firstUs\":%.1f,\"lastUs\":%.1f", count, first_us, last_us);
  print_list("own", own, own_count);
  print_list("others", others, others_count);
  printf("}\n");
  fflush(stdout);
}

int main(void) {
  cpg_handle_t handle;
  cpg_callbacks_t callbacks = {.cpg_deliver_fn = on_deliver, .cpg_confchg_fn = on_members};
  struct cpg_name group = {5, "bench"};
  int fd, tries = 0;
  cs_error_t error;
  while ((error = cpg_initialize(&handle, &callbacks)) != CS_OK && tries++ < 1000) usleep(20000);
  if (error != CS_OK) return fprintf(stderr, "cpg_initialize: %d\n", error), 1;
  while ((error = cpg_join(handle, &group)) == CS_ERR_TRY_AGAIN) usleep(10000);
  if (error != CS_OK) return fprintf(stderr, "cpg_join: %d\n", error), 1;
  cpg_local_get(handle, &self);
  cpg_fd_get(handle, &fd);
  char line[128];
  size_t held = 0;
  for (;;) {
    struct pollfd p[2] = {{fd, POLLIN, 0}, {0, POLLIN, 0}};
    if (poll(p, 2, -1) < 0) continue;
    if (p[0].revents & POLLIN && cpg_dispatch(handle, CS_DISPATCH_ALL) != CS_OK) return 1;
    if (!(p[1].revents & (POLLIN | POLLHUP))) continue;
    ssize_t got = read(0, line + held, sizeof line - 1 - held);
    if (got <= 0) return 0;
    held += got;
    line[held] = 0;
    if (!strchr(line, '\n')) continue;
    size_t size;
    long ms;
    char role[16];
    if (sscanf(line, "run %zu %ld %15s", &size, &ms, role) == 3 && size <= sizeof message)
      run(handle, fd, size, ms, role);
    held = 0;
  }
}
