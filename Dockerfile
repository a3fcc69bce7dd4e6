FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm run build && node scripts/github/pack.mjs /packed

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Clarity Runtime" \
      org.opencontainers.image.description="Control plane for MCP services" \
      org.opencontainers.image.licenses="MIT"
RUN --mount=type=bind,from=build,source=/packed,target=/packed \
    npm install --global --omit=dev --ignore-scripts --no-audit --no-fund /packed/*.tgz \
    && npm cache clean --force \
    && mkdir -p /data /config/state \
    && chown -R node:node /data /config
# /config has the user key, logins and records of trust; without it they are lost with the container. The workspace is trusted, because
# who mounts it has chosen it.
ENV NODE_ENV=production \
    XDG_CONFIG_HOME=/config \
    XDG_STATE_HOME=/config/state \
    CLARITYD_TRUST_WORKSPACE=1
USER node
WORKDIR /data
VOLUME ["/data", "/config"]
EXPOSE 4707
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:4707/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Beyond loopback the daemon refuses to start without a token: set CLARITYD_AUTH_TOKEN_FILE or CLARITYD_AUTH_TOKEN.
ENTRYPOINT ["clarityd"]
CMD ["--host", "0.0.0.0"]
