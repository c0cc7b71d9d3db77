#part-handler
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: web
# consul.hashicorp.com/connect-service-port: "8080"
def list_types():
    return ["text/x-site"]

def handle_part(data, ctype, filename, payload):
    return
