"""One dialog for several containers: each is inspected, worked on, and ends by itself."""
