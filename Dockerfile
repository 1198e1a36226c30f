# chatkit-server, without the embedded PostgreSQL: here the database is a container of its own.

# The page and the element.
FROM node:24-bookworm-slim AS page
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

# Packages with their recorded hashes, then the project itself, into an environment without pip or build tools.
FROM python:3.13-slim-bookworm AS packages
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv --without-pip /opt/chatkit
COPY requirements/server.txt requirements/build.txt requirements/
RUN pip --python /opt/chatkit install --require-hashes --requirement requirements/server.txt \
    && pip install --require-hashes --requirement requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY migrations/ migrations/
COPY app/ app/
COPY --from=page /build/app/static/ app/static/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir wheels . \
    && pip --python /opt/chatkit install --no-deps wheels/*.whl

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 chatkit \
    && useradd --system --uid 10001 --gid chatkit --no-create-home --home-dir /data --shell /usr/sbin/nologin chatkit \
    && install --directory --owner chatkit --group chatkit --mode 0700 /data
COPY --from=packages /opt/chatkit /opt/chatkit
ENV PATH=/opt/chatkit/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CHATKIT_DATA_DIR=/data \
    CHATKIT_LOG_FORMAT=json
# A number, so that a cluster can see that it is not root. Only /data and /tmp are ever written.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["chatkit-server"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
