# A launch template of EC2 whose VMs boot into the mesh. The tool has to be installed where Terraform runs:
#
#   terraform init && terraform apply -var image_id=ami-0123456789abcdef0
#
# cloudinit_config joins the parts of the operator; the annotations stand at the head of one of them. The injection is the
# last step, since its result is MIME already: what is rendered goes in, what comes out goes to the platform and through
# nothing else. The tool can read gzip and base64 as well, but a plan shows plain text better.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
    cloudinit = {
      source  = "hashicorp/cloudinit"
      version = ">= 2.3"
    }
    external = {
      source  = "hashicorp/external"
      version = ">= 2.3"
    }
  }
}

variable "image_id" {
  type        = string
  description = "An image that has the guest files, Consul and Envoy baked in, as ../packer makes one: EC2 takes 16 KiB."
}

variable "service_tags" {
  type        = list(string)
  description = "Tags of the service, beside what web.yaml says."
  default     = ["terraform"]
}

data "cloudinit_config" "web" {
  gzip          = false
  base64_encode = false

  part {
    filename     = "web.yaml"
    content_type = "text/cloud-config"
    content      = file("${path.module}/web.yaml")
  }

  part {
    filename     = "motd.sh"
    content_type = "text/x-shellscript"
    content      = "#!/bin/sh\necho 'a service of the mesh' > /etc/motd\n"
  }
}

data "external" "web" {
  program = ["consul-vm-inject", "terraform"]

  # All values are strings. These annotations outrank those of web.yaml.
  query = {
    name        = "web.yaml"
    user_data   = data.cloudinit_config.web.rendered
    annotations = jsonencode({ service-tags = join(",", var.service_tags) })
    profile     = "prebuilt"
    platform    = "ec2"
    compress    = "auto"
  }
}

# Warnings do not stop a plan; this shows them.
check "user_data" {
  assert {
    condition     = !strcontains(data.external.web.result.diagnostics, "\"severity\":\"warning\"")
    error_message = data.external.web.result.diagnostics
  }
}

resource "aws_launch_template" "web" {
  name_prefix   = "web-"
  image_id      = var.image_id
  instance_type = "t3.small"

  # EC2 takes base64 here. What is compressed exists in this form only.
  user_data = data.external.web.result.user_data_base64

  metadata_options {
    http_tokens = "required"
  }
}

output "service" {
  value = data.external.web.result.service
}
