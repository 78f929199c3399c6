# The kit for NVIDIA GPUs, amd64: torch with CUDA built in, its libraries from wheels, the driver from the host.
# cpu.Dockerfile is the same but for lines that name its lock; a test holds them together.

# Debian by index digest, so that the same base is used everywhere until the digest is changed.
ARG BASE_IMAGE=debian:bookworm-slim@sha256:7c7b2c966bc9ee8cedfeef67e0e279108992c77681fa595db4a9d65c06ccc587

# Wheels of one's own; `--build-context wheelhouse=FOLDER` puts a folder in its place.
FROM scratch AS wheelhouse

# Python and the user, before anything that changes more often.
FROM ${BASE_IMAGE} AS system
ARG APT_SNAPSHOT
RUN --mount=type=bind,source=docker/install-system,target=/install-system \
    --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    --mount=type=secret,id=ca,target=/run/secrets/ca \
    sh /install-system

# The locked packages, in a stage whose build tools stay behind. Only a changed lock runs it again.
FROM system AS packages
ARG UV_INDEX
ARG UV_DEFAULT_INDEX
RUN --mount=type=bind,source=docker/locks,target=/docker/locks \
    --mount=type=bind,source=docker/install-packages,target=/install-packages \
    --mount=type=bind,from=wheelhouse,target=/wheelhouse --mount=type=cache,target=/root/.cache \
    --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \
    sh /install-packages /docker/locks/cuda.txt

# The weights of the set MODELS, each byte checked. Runs again for another lock, way to fetch, or MODELS_REQUIRED.
FROM packages AS models
ARG MODELS=core
ARG MODELS_REQUIRED
ARG HF_ENDPOINT
RUN --mount=type=bind,source=docker/install-models,target=/install-models \
    --mount=type=bind,source=docker/locks/models.lock,target=/kit/docker/locks/models.lock \
    --mount=type=bind,source=interview_prep/weights,target=/kit/interview_prep/weights \
    --mount=type=bind,source=interview_prep/errors.py,target=/kit/interview_prep/errors.py \
    --mount=type=bind,source=interview_prep/files.py,target=/kit/interview_prep/files.py \
    --mount=type=secret,id=hf_token,target=/run/secrets/hf_token \
    sh /install-models

# The image: system, packages, weights, and last the source, which changes most.
FROM system
COPY --from=packages /opt /opt
COPY --from=models /opt/models /opt/models
# Modes are set here, because those of a clone follow the umask of whoever made it.
COPY --chmod=755 docker/entrypoint docker/healthcheck /usr/local/bin/
# HF_*: weights outside HOME and every mount, and no network asked for them. USER: for UIDs that have no name.
ENV PATH=/opt/as-owner:/opt/venv/bin:$PATH HOME=/home/prep USER=prep SHELL=/bin/bash LANG=C.UTF-8 \
    PREP_CONTAINER=1 PREP_WORKSPACE=/workspace HF_HOME=/opt/models HF_HUB_OFFLINE=1 MPLCONFIGDIR=/tmp/matplotlib
RUN --mount=type=bind,source=docker/install-shells,target=/install-shells sh /install-shells
WORKDIR /workspace
COPY --chmod=755 . .
USER prep
EXPOSE 8888
ENTRYPOINT ["entrypoint"]
CMD ["invoke", "lab"]
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ML Interview Prep Kit" \
    org.opencontainers.image.version=$VERSION org.opencontainers.image.revision=$REVISION
