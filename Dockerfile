# The rabbit-snare image:
#
#   docker build --tag rabbit-snare .
#   docker run --rm --publish 127.0.0.1:5673:5673 rabbit-snare                        # in front of the built-in stand-in
#   docker run --rm rabbit-snare run --listen 0.0.0.0:5673 --upstream HOST:PORT       # in front of a broker
#   docker run --rm rabbit-snare -host=0.0.0.0 -config=/config/toxiproxy.json         # in place of Toxiproxy's image
#   docker run --rm rabbit-snare probe HOST:PORT                                      # any other command

FROM node:24.22.3-bookworm-slim AS node

FROM node AS base
WORKDIR /app
# Copied separately, so that npm ci below runs again only when the dependencies change.
COPY package.json package-lock.json ./

FROM base AS build
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY lib lib
RUN npm run build:program && chmod +x dist/lib/cli/main.js

FROM base AS dependencies
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund

# The program needs Node.js only. A package manager would be one more thing to keep free of vulnerabilities.
FROM node AS runtime
RUN rm -rf /usr/local/lib/node_modules /opt/yarn-* /root/.npm /root/.cache \
      /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg

# From scratch, because what is deleted in one layer remains in the layers below it.
FROM scratch
COPY --from=runtime / /
WORKDIR /app
LABEL org.opencontainers.image.title="rabbit-snare" \
      org.opencontainers.image.description="TCP chaos proxy for RabbitMQ: classifies, forwards, refuses and reports connections as RabbitMQ itself would" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV NODE_ENV=production

# All files belong to root, so the program cannot modify itself.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/package.json ./
COPY --from=build /app/dist/lib dist/lib
COPY config/scenarios config/scenarios
RUN ln -s /app/dist/lib/cli/main.js /usr/local/bin/rabbit-snare

# The program's default, 127.0.0.1, cannot be reached from outside the container. This is a file, not RABBIT_SNARE_LISTEN,
# because a variable would override the config file that you mount in its place.
COPY <<EOF /config/rabbit-snare.yaml
listen: 0.0.0.0:5673
EOF
ENV RABBIT_SNARE_CONFIG=/config/rabbit-snare.yaml
EXPOSE 5673 8474

# The base image's user node, as a number, so that Kubernetes' runAsNonRoot can tell that it is not root.
USER 1000

# Succeeds once every listener is open. A config that moves or disables the control API needs its own check.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=500ms --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8474/healthz').then(({ ok }) => process.exit(ok ? 0 : 1))"]

# No shell or init in between: rabbit-snare is process 1, receives the signal itself, and drains.
STOPSIGNAL SIGTERM
ENTRYPOINT ["rabbit-snare"]
CMD ["run"]
