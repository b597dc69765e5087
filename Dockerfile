# syntax=docker/dockerfile:1
# kpy as an image: `docker build -t kpy .`, then `docker run --rm -v "$PWD:/work" kpy synth`.
# With programs that it can run: `--build-arg KUBECTL=1.34.2 --build-arg HELM=3.19.2`. It runs as the user 999, which has no
# rights, so that it can be a sidecar of Argo CD's repo server, too: docs/ci.md.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
RUN python -m pip wheel --no-cache-dir --disable-pip-version-check --no-deps --wheel-dir /wheels .

FROM python:${PYTHON}-slim AS programs
ARG KUBECTL=""
ARG HELM=""
ARG TARGETARCH=amd64
COPY integrations/docker/fetch.py /
RUN python /fetch.py /programs "linux/${TARGETARCH}" "kubectl=${KUBECTL}" "helm=${HELM}"

FROM python:${PYTHON}-slim
# git is what `kpy compare git:main .` asks, of a clone of somebody else that is mounted at /work; its version is that of
# the image
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 999 kpy \
    && useradd --uid 999 --gid 999 --create-home --shell /usr/sbin/nologin kpy \
    && git config --system --add safe.directory /work
# the wheel of the first stage, at no version but its own
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    for wheel in /wheels/*.whl; do \
        python -m pip install --no-cache-dir --disable-pip-version-check "${wheel}[charts]"; \
    done
COPY --from=programs /programs/ /usr/local/bin/
ENV PYTHONDONTWRITEBYTECODE=1
USER 999:999
WORKDIR /work
ENTRYPOINT ["kpy"]
CMD ["--help"]
