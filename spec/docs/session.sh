# Runs the commands of a page, in a network namespace of its own: session.ts writes a script that begins with this one.
#
# REPOSITORY  the checkout
# WORK        the folder in which the commands run
# OUT         the folder for the output N.out and the exit code N.status of each command

# Host names of the examples lead to this machine, and these folders are empty.
mount --bind "$WORK/.hosts" /etc/hosts && mount -t tmpfs none /run && mount -t tmpfs none /var/log || exit 1
export PATH="$WORK/.bin:$PATH" HOME="$WORK" RABBIT_SNARE_READY_FILE="$WORK/.ready.json" NO_COLOR=1
cd "$WORK" || exit 1
set -o pipefail
exec </dev/null
# Nothing is ever written here: to read from it is to wait, without a process.
exec 9<> <(:)
pause() { read -rt 0.1 -u 9; }

server=
serving=

# A command that ends: foreground N COMMAND
foreground() {
  echo running >"$OUT/$1.status"
  eval "$2" >"$OUT/$1.out" 2>&1
  echo $? >"$OUT/$1.status"
}

# Starts a job in a process group of its own, and sets `job`.
start() {
  echo running >"$OUT/$1.status"
  set -m
  eval "$2" >"$OUT/$1.out" 2>&1 &
  job=$!
  set +m
  echo $job >>"$OUT/groups"
}

# A server, which runs until the next one starts or the page ends: serve N COMMAND
serve() {
  stop
  start "$1" "$2"
  server=$job
  serving=$1
  until is_ready "$2"; do
    if ! kill -0 "$server" 2>/dev/null; then
      stop
      return
    fi
    pause
  done
  knock
}

# Only `run` writes a ready file.
is_ready() {
  [ -e "$RABBIT_SNARE_READY_FILE" ] || { [[ $1 == *toxiproxy* ]] && (: </dev/tcp/127.0.0.1/8474) 2>/dev/null; }
}

# Stops the server as Ctrl-C does. In a pipeline, the programs after it end with its output.
stop() {
  [ -n "$server" ] || return 0
  if [ -e "$RABBIT_SNARE_READY_FILE" ] && [[ $(<"$RABBIT_SNARE_READY_FILE") =~ \"pid\":([0-9]+) ]]; then
    kill -INT "${BASH_REMATCH[1]}"
  else
    kill -INT -- "-$server" 2>/dev/null
  fi
  wait "$server"
  echo $? >"$OUT/$serving.status"
  rm -f "$RABBIT_SNARE_READY_FILE"
  server=
}

# A command that prints until it is stopped: watch N COMMAND FILE, where FILE receives its output
watch() {
  start "$1" "$2"
  until [ -s "$3" ] || ! kill -0 $job 2>/dev/null; do
    knock
    # Clients at regular times would be health checks, and some commands do not print those.
    read -rt 0.$((RANDOM % 80 + 10)) -u 9
  done
  kill -INT -- -$job 2>/dev/null
  wait $job
  local status=$?
  # 130: ended by Ctrl-C
  if [ $status = 130 ]; then status=0; fi
  echo $status >"$OUT/$1.status"
}

# Two bad clients, so that there is something to see. Returns when the proxy has answered the second one.
knock() {
  (
    exec 3<>/dev/tcp/127.0.0.1/5673 && printf AMQP >&3
    exec 3<>/dev/tcp/127.0.0.1/5673 && printf amqp0091 >&3 && read -rt 2 -N 64 -u 3
  ) 2>/dev/null
}
