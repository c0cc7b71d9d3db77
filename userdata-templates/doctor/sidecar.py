"""A service's Envoy: its process, and what its admin API tells."""
import http.client
import json
import re

from machine import memo
from units import SIDECAR


class Sidecar:
    @memo
    def envoy(self, name, path):
        """(status, text) of an answer of Envoy's admin API; 0 and why when there is none."""
        host, port = self.admin(name)
        connection = http.client.HTTPConnection(host, port, timeout=self.left(3))
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except ConnectionRefusedError:
            return 0, "nothing listens there"
        except (OSError, http.client.HTTPException) as error:
            return 0, "it did not answer in time" if "timed out" in str(error) else str(error)
        finally:
            connection.close()

    @memo
    def envoy_data(self, name, path):
        status, text = self.envoy(name, path)
        try:
            return json.loads(text) if status == 200 else {}
        except ValueError:
            return {}

    @memo
    def statistics(self, name):
        """Counters and gauges of Envoy, by name."""
        pairs = (line.rpartition(": ") for line in self.envoy(name, "/stats")[1].splitlines())
        return {key: int(value) for key, _, value in pairs if value.isdigit()}

    def counted(self, name, pattern):
        return sum(value for key, value in self.statistics(name).items() if re.search(pattern, key))

    @memo
    def rejected(self, name):
        """What of its configuration Envoy has refused: (name, why)."""
        found = []
        for config in self.envoy_data(name, "/config_dump").get("configs", []):
            for kind in ("dynamic_listeners", "dynamic_active_clusters", "dynamic_warming_clusters"):
                for one in config.get(kind, []):
                    error = one.get("error_state") or {}
                    if error:
                        found.append((one.get("name") or "a cluster", error.get("details", "refused")))
        return found

    @memo
    def listeners(self, name):
        """Names of Envoy's listeners, without their addresses."""
        return [line.split("::")[0].rsplit(":", 1)[0] if ":" in line else line for line in self.envoy(name, "/listeners")[1].splitlines()]

    def leaf(self, name):
        """The certificate by which Envoy is known to the mesh, as /certs shows it; None where it has none."""
        for one in self.envoy_data(name, "/certs").get("certificates", []):
            for chain in one.get("cert_chain", []):
                if any("spiffe://" in names.get("uri", "") for names in chain.get("subject_alt_names", [])):
                    return chain
        return None

    def up(self, name):
        """Whether the sidecar runs, and has been given its traffic."""
        return self.state(SIDECAR % name) == "active"
