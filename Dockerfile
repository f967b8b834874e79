# The rabbit-snare image:
#
#   docker build --tag rabbit-snare .
#   docker run --rm --publish 127.0.0.1:5673:5673 rabbit-snare                        # in front of the built-in stand-in
#   docker run --rm rabbit-snare run --listen 0.0.0.0:5673 --upstream HOST:PORT       # in front of a broker
#   docker run --rm rabbit-snare -host=0.0.0.0 -config=/config/toxiproxy.json         # in place of Toxiproxy's image
#   docker run --rm rabbit-snare probe HOST:PORT                                      # any other command
#
# It has no native code except Node.js itself, so it builds for every platform of the base image:
#
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3 --build-arg REVISION=$(git rev-parse HEAD) .
#
# See docs/docker.md.

FROM node:24.22.3-bookworm-slim AS node

FROM node AS base
WORKDIR /app
# Copied separately, so that npm ci below runs again only when the dependencies change.
COPY package.json package-lock.json ./

FROM base AS build
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY lib lib
# What only a compiler, a debugger or the bundler needs stays out of the image.
RUN npm run build:program \
 && find dist/lib -name '*.d.ts' -delete -o -name '*.map' -delete \
 && find dist/lib/dashboard -mindepth 1 -maxdepth 1 ! -name page -exec rm -r {} +

FROM base AS dependencies
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund

# Node.js, bash for the health check (and as sh), and the libraries that they load. A package manager or other programs would be one more
# thing to keep free of vulnerabilities. Scanners read os-release and status.d.
FROM node AS files
RUN mkdir -p -m 1777 /image/tmp && mkdir -p /image/usr/local/bin /image/var/lib/dpkg/status.d \
 && cp --parents --dereference $(ldd /usr/local/bin/node /bin/bash | grep -o '/[^ :]*' | sort -u) \
      /etc/passwd /etc/group /etc/nsswitch.conf /etc/os-release /image \
 && for package in bash libc6 libgcc-s1 libstdc++6 libtinfo6; do \
      cp --parents /usr/share/doc/$package/copyright /image && dpkg --status $package > /image/var/lib/dpkg/status.d/$package; done \
 && ln -s bash /image/bin/sh

FROM scratch AS runtime
COPY --from=files /image /
ENV PATH=/usr/local/bin:/usr/bin:/bin
ENV NODE_ENV=production
WORKDIR /app
# The base image's user node, as a number, so that Kubernetes' runAsNonRoot can tell that it is not root.
USER 1000

# A publisher and consumer to try faults on, in the profile `chaos` of docker-compose.yml. It needs nothing but amqplib.
FROM runtime AS chaos-client
COPY --from=build /app/node_modules/amqplib node_modules/amqplib
COPY spec/examples/chaos-client.ts ./
ENTRYPOINT ["node", "chaos-client.ts"]

FROM runtime
# All files belong to root, so the program cannot modify itself.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist/lib dist/lib
COPY --from=build /app/dist/program dist/program
COPY config/scenarios config/scenarios

# The program's default, 127.0.0.1, cannot be reached from outside the container. This is a file, not RABBIT_SNARE_LISTEN,
# because a variable would override the config file that you mount in its place.
COPY <<EOF /config/rabbit-snare.yaml
listen: 0.0.0.0:5673
EOF
ENV RABBIT_SNARE_CONFIG=/config/rabbit-snare.yaml
EXPOSE 5673 8474

# For `docker exec`. Such a command takes about 50 MiB of the container's memory. If that is too much, the kernel ends the command, and
# not the proxy, which would otherwise be its first choice.
COPY --chmod=755 <<"SCRIPT" /usr/local/bin/rabbit-snare
#!/bin/bash
echo 1000 > /proc/self/oom_score_adj
exec node /app/dist/program/main.js "$@"
SCRIPT

# Succeeds once every listener is open. A config that moves or disables the control API needs its own check. In bash, because
# a second Node.js would take 15 MiB of the container's memory limit for each check.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=500ms --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8474 && echo -ne 'GET /healthz HTTP/1.0\r\n\r\n' >&3 && read -r _ status _ <&3 && [ $status = 200 ]"]

# No shell or init in between: rabbit-snare is process 1, receives the signal itself, and drains.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/program/main.js"]
CMD ["run"]

# Last, because they differ from build to build.
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="rabbit-snare" \
      org.opencontainers.image.description="TCP chaos proxy for RabbitMQ: classifies, forwards, refuses and reports connections as RabbitMQ itself would" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="https://github.com/rabbit-snare/rabbit-snare" \
      org.opencontainers.image.documentation="https://github.com/rabbit-snare/rabbit-snare/blob/main/docs/docker.md" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
