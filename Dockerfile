# The HTTP API, from the wheel: `docker compose up` beside a Neo4j, or alone with GRAPH_CDP_STORE set.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt build \
    && python -m build --wheel --outdir /wheels \
    && python -m venv /opt/graph-cdp \
    && /opt/graph-cdp/bin/pip install --no-cache-dir --constraint constraints.txt "$(echo /wheels/*.whl)[api]"

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin graph-cdp
COPY --from=build /opt/graph-cdp /opt/graph-cdp
ENV PATH=/opt/graph-cdp/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
ENTRYPOINT ["graph-cdp"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
