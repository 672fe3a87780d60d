# `mmfsa serve` on a CPU, without torch: docker build -t mmfsa . && docker run --rm -p 8000:8000 mmfsa
FROM python:3.11-slim

# Python compiles what it imports, when it does: a smaller image.
WORKDIR /source
COPY . .
RUN pip install --no-cache-dir --no-compile -c constraints.txt '.[serve]'

WORKDIR /tmp
USER nobody
ENV HOME=/tmp
EXPOSE 8000
ENTRYPOINT ["mmfsa", "serve", "--host", "0.0.0.0"]
