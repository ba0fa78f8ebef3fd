#!/usr/bin/env python3
"""Takes composed manifests to what `podman kube play` can run: kubectl kustomize ... | manifests.py FOLDER EXAMPLES

FOLDER gets a file NAME.yaml for each Deployment and StatefulSet, with its ConfigMaps, and probes.tsv with their probes,
which are the caller's to ask. EXAMPLES takes the place of the node's folder /tribunal/examples. What is changed, and why:

- a Deployment or StatefulSet is one pod, TRY-NAME, for Podman knows no StatefulSet and one pod needs no name of its own;
- Services, network policies, disruption budgets, autoscalers and roles are left out: Podman has nothing that reads them;
- secrets are put in where they are referred to, from the environment: versions of Podman disagree on how they are kept;
- probes are left out, for Podman would ask them with a curl that the images do not have;
- /var/run is written /run, where it leads: a new volume has its owner from the image's folder, if that is not behind a link
  (the kubelet lets everybody write to an emptyDir);
- volumes get names of their own: Podman knows an emptyDir by its name alone, and two pods would share it;
- the judge service does not watch Services, for there is no API server to be asked.
"""

import os
import re
import sys
from pathlib import Path

import yaml

TRY = "tribunal-try"
SECRETS = {  # by the name and key of the manifests
    ("tribunal-http", "token"): "TRIBUNAL_HTTP_TOKEN",
    ("tribunal-http", "service-token"): "TRIBUNAL_SERVICE_TOKEN",
    ("tribunal-postgres", "password"): "POSTGRES_PASSWORD",
}


def main() -> None:
    folder, examples = Path(sys.argv[1]), sys.argv[2]
    documents = [document for document in yaml.safe_load_all(sys.stdin) if document]
    config_maps = [document for document in documents if document["kind"] == "ConfigMap"]
    for config_map in config_maps:
        if "TRIBUNAL_JUDGE_KUBERNETES_ENABLED" in config_map["data"]:
            config_map["data"]["TRIBUNAL_JUDGE_KUBERNETES_ENABLED"] = "false"
    probes = []
    for document in documents:
        if document["kind"] in ("Deployment", "StatefulSet"):
            name = document["metadata"]["name"]
            pod = pod_of(document, examples)
            probes += probes_of(name, pod)
            text = yaml.safe_dump_all([*config_maps, pod], sort_keys=False)
            file = folder / f"{name}.yaml"
            file.touch(mode=0o600)
            file.write_text(text)
    (folder / "probes.tsv").write_text("".join("\t".join(probe) + "\n" for probe in probes))


def pod_of(workload: dict, examples: str) -> dict:
    name = f"{TRY}-{workload['metadata']['name']}"
    template = workload["spec"]["template"]
    spec = template["spec"]
    spec["restartPolicy"] = "Always"
    claims = [
        {"name": claim["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}
        for claim in workload["spec"].get("volumeClaimTemplates", [])
    ]
    spec["volumes"] = [*spec["volumes"], *claims]
    names = {}
    for volume in spec["volumes"]:
        names[volume["name"]] = f"{name}-{volume['name']}"
        volume["name"] = names[volume["name"]]
        if "persistentVolumeClaim" in volume:
            claim = volume["persistentVolumeClaim"]
            claim["claimName"] = f"{TRY}-{claim['claimName']}"
        if volume.get("hostPath", {}).get("path") == "/tribunal/examples":
            volume["hostPath"]["path"] = examples
    for container in spec["containers"]:
        for mount in container["volumeMounts"]:
            mount["name"] = names[mount["name"]]
            mount["mountPath"] = re.sub("^/var/run/", "/run/", mount["mountPath"])
        for variable in container.get("env", []):
            reference = variable.pop("valueFrom", {}).get("secretKeyRef")
            if reference:
                variable["value"] = os.environ[SECRETS[reference["name"], reference["key"]]]
    labels = template["metadata"]["labels"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels}, "spec": spec}


def probes_of(name: str, pod: dict) -> list[tuple[str, ...]]:
    """(name, kind of probe, http|exec, what is asked), and takes them out of the pod."""
    probes = []
    for container in pod["spec"]["containers"]:
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            probe = container.pop(kind)
            if "httpGet" in probe:
                get = probe["httpGet"]
                asked = ("http", f":{ports.get(get['port'], get['port'])}{get['path']}")
            else:
                asked = ("exec", " ".join(probe["exec"]["command"]))
            probes.append((name, kind, *asked))
    return probes


if __name__ == "__main__":
    main()
