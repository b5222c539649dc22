# syntax=docker/dockerfile:1
# Two stages: everything to build the pages and the SDK, then only what runs. Runs as a user without rights on a read-only root file
# system: it writes to /data (a volume) and to /tmp alone.
FROM node:24-bookworm-slim AS build
WORKDIR /opt/spanwarden
COPY . .
RUN npm ci && npm run build:web && npm run build:sdk && npm prune --omit=dev && rm -rf test .git .ci

FROM node:24-bookworm-slim
ENV NODE_ENV=production SPANWARDEN_DATA=/data SPANWARDEN_HOST=0.0.0.0
WORKDIR /opt/spanwarden
COPY --from=build /opt/spanwarden /opt/spanwarden
RUN install -d -o node -g node -m 0700 /data
USER node
VOLUME /data
EXPOSE 8080 4318 4317
# /healthz is open on every role. With a certificate of its own the server answers over TLS: then override this.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/spanwarden/spanwarden.ts"]
CMD ["start"]
