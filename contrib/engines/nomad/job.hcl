# A task that runs by ocirun.

job "ocirun-example" {
  group "example" {
    task "shell" {
      driver = "docker"

      config {
        image   = "docker.io/library/busybox:latest"
        command = "sleep"
        args    = ["infinity"]
        runtime = "ocirun"
      }
    }
  }
}
