# A task that runs by ocirun.

job "ocirun-example" {
  group "example" {
    task "shell" {
      driver = "docker"

      config {
        image   = "busybox:latest"
        command = "sleep"
        args    = ["infinity"]
        runtime = "ocirun"
      }
    }
  }
}
