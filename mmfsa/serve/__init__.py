"""Head poses over HTTP: a service (extra `serve`), and a page that runs in the browser."""
