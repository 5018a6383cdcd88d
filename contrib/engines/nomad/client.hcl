# Nomad: lets tasks of the docker driver choose ocirun, which daemon.json must know too.
# The podman driver has no such option: there the default of containers.conf counts.

plugin "docker" {
  config {
    allow_runtimes = ["runc", "ocirun"]
  }
}
