"""upload-post.com: publishes to several platforms with one API key."""
