/* A short session with rabbitmq-c that stays open for a while. Arguments: port, time to stay in ms.
 *
 * Prints a JSON line for each step that it begins, and one with its error, null if all went well. With the argument
 * --version, prints the version of the library. */

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define BODY_SIZE 5000

static void say_step(const char *step) {
  printf("{\"step\": \"%s\"}\n", step);
  fflush(stdout);
}

static void end_with(const char *error) {
  printf("{\"error\": \"");
  for (; *error; error++) {
    if (*error == '"' || *error == '\\') putchar('\\');
    putchar(*error);
  }
  printf("\"}\n");
  exit(0);
}

/* Ends the session if a status is an error. */
static void check(int status) {
  if (status < 0) end_with(amqp_error_string2(status));
}

/* Ends the session if a reply is an error: the library's own, or a Close from the broker. */
static void check_reply(amqp_rpc_reply_t reply) {
  char error[600];
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION) end_with(amqp_error_string2(reply.library_error));
  if (reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
    amqp_connection_close_t *close = reply.reply.decoded;
    snprintf(error, sizeof error, "%d: %.*s", close->reply_code, (int)close->reply_text.len,
             (char *)close->reply_text.bytes);
  } else {
    snprintf(error, sizeof error, "unexpected method %s", amqp_method_name(reply.reply.id));
  }
  end_with(error);
}

/* Waits for a confirm of the only message. */
static void wait_for_confirm(amqp_connection_state_t connection) {
  amqp_frame_t frame;
  do {
    check(amqp_simple_wait_frame(connection, &frame));
  } while (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD);
}

int main(int count, char **arguments) {
  if (count == 2 && strcmp(arguments[1], "--version") == 0) {
    puts(amqp_version());
    return 0;
  }
  int port = atoi(arguments[1]);
  int stay = atoi(arguments[2]);
  static char body[BODY_SIZE];
  memset(body, 'x', sizeof body);

  say_step("connect");
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(connection);
  check(amqp_socket_open(socket, "127.0.0.1", port));
  check_reply(amqp_login(connection, "/", AMQP_DEFAULT_MAX_CHANNELS, AMQP_DEFAULT_FRAME_SIZE, AMQP_DEFAULT_HEARTBEAT,
                         AMQP_SASL_METHOD_PLAIN, "guest", "guest"));

  say_step("use");
  amqp_channel_open(connection, 1);
  check_reply(amqp_get_rpc_reply(connection));
  amqp_confirm_select(connection, 1);
  check_reply(amqp_get_rpc_reply(connection));
  amqp_queue_declare_ok_t *declared = amqp_queue_declare(connection, 1, amqp_empty_bytes, 0, 0, 1, 0, amqp_empty_table);
  check_reply(amqp_get_rpc_reply(connection));
  amqp_bytes_t queue = amqp_bytes_malloc_dup(declared->queue);
  amqp_bytes_t sent = {.len = sizeof body, .bytes = body};
  check(amqp_basic_publish(connection, 1, amqp_empty_bytes, queue, 0, 0, NULL, sent));
  wait_for_confirm(connection);
  check_reply(amqp_basic_get(connection, 1, queue, 1));
  amqp_message_t message;
  check_reply(amqp_read_message(connection, 1, &message, 0));
  if (message.body.len != sizeof body || memcmp(message.body.bytes, body, sizeof body) != 0)
    end_with("received a different message");

  say_step("stay");
  struct timeval timeout = {.tv_sec = stay / 1000, .tv_usec = stay % 1000 * 1000};
  amqp_frame_t frame;
  int status = stay == 0 ? AMQP_STATUS_TIMEOUT : amqp_simple_wait_frame_noblock(connection, &frame, &timeout);
  if (status == AMQP_STATUS_OK && frame.frame_type == AMQP_FRAME_METHOD) {
    amqp_rpc_reply_t reply = {.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION, .reply = frame.payload.method};
    check_reply(reply);
  } else if (status != AMQP_STATUS_TIMEOUT) {
    check(status);
  }

  say_step("close");
  check_reply(amqp_connection_close(connection, AMQP_REPLY_SUCCESS));
  puts("{\"error\": null}");
  return 0;
}
