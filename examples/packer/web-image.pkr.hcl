# An image with the guest files, the agent's mesh settings, Consul and Envoy baked in; values.yaml says whom the agents join.
# Its VMs need user-data of the profile "prebuilt" only:
#
#   consul-vm-inject guest --values values.yaml > install-guest.sh
#   packer build web-image.pkr.hcl
#   consul-vm-inject --profile prebuilt web.yaml > web.injected

packer {
  required_plugins {
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = ">= 1.1.0"
    }
  }
}

variable "base_image" {
  type        = string
  description = "A cloud image of Debian 12, as a path or an address."
}

variable "base_image_checksum" {
  type = string
}

source "qemu" "web" {
  iso_url          = var.base_image
  iso_checksum     = var.base_image_checksum
  disk_image       = true
  output_directory = "web-image"
  vm_name          = "web.qcow2"
  format           = "qcow2"
  accelerator      = "kvm"
  headless         = true
  ssh_username     = "debian"
  ssh_timeout      = "5m"
  shutdown_command = "sudo poweroff"
}

build {
  sources = ["source.qemu.web"]

  provisioner "file" {
    source      = "install-guest.sh"
    destination = "/tmp/install-guest.sh"
  }

  provisioner "shell" {
    inline = [
      "sudo sh /tmp/install-guest.sh",
      "sudo /usr/local/bin/consul-mesh-packages",
      "sudo cloud-init clean --logs",
    ]
  }
}
