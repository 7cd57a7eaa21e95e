"""An RTSP server for tests: many cameras, each with a fault of its own."""
