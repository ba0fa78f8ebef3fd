"""Holds what the sampler asked, and what the tests' double of vLLM answered, against vLLM's own models of both.

    python check_exchanges.py WHEEL [EXCHANGES]

WHEEL is vLLM's, as pip downloads it; it is read where it lies, and nothing of it is installed. Its models of requests and
answers, and its sampling parameters with their checks, are the wheel's. What they import that needs PyTorch or a server is
left out: types of it count as any. EXCHANGES is what the tests of trainer-service write, by default
trainer-service/target/vllm-exchanges.jsonl. Exit code 1 if vLLM would not take a request, would ignore a field of one, or does
not answer as the double does.
"""

import importlib.abc
import importlib.util
import json
import pathlib
import sys
import typing
import zipfile

WHOLE = {  # modules of the wheel that are run as they are
    "vllm.entrypoints.openai.completion.protocol",
    "vllm.entrypoints.openai.models.protocol",
    "vllm.entrypoints.serve.engine.protocol",
    "vllm.entrypoints.serve.lora.protocol",
    "vllm.exceptions",
    "vllm.logprobs",
    "vllm.sampling_params",
    "vllm.utils.collection_utils",
}
FAILED = []


class Stand:
    """In place of what is left out: it can be called, and anything is in it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Stand()

    def __call__(self, *arguments, **named):
        return Stand()

    def __gt__(self, other):
        return False

    def __radd__(self, other):
        return other


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds vLLM's modules in the wheel, and a stand-in for those that are left out."""

    def __init__(self, wheel):
        self.wheel = zipfile.ZipFile(wheel)

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "vllm":
            return None
        return importlib.util.spec_from_loader(name, self, is_package=name not in WHOLE)

    def exec_module(self, module):
        if module.__name__ in WHOLE:
            file = module.__name__.replace(".", "/") + ".py"
            exec(compile(self.wheel.read(file), file, "exec"), module.__dict__)
            return
        module.__path__ = []

        def stand(name):
            if name.startswith("__"):
                raise AttributeError(name)
            if module.__name__ == "vllm.envs":
                return 1024
            if name == "PydanticMsgspecMixin":
                return type(name, (), {})
            if name == "random_uuid":
                return lambda: "0"
            if name[0].isupper():
                return typing.Any
            return Stand() if name != "resolve_return_mm_kwargs_alias" else lambda data: data

        module.__getattr__ = stand


def fail(line, what):
    FAILED.append(what)
    print(f"line {line}: {what}")


def check(line, exchange, models):
    path, request, status, answer = (exchange[name] for name in ("path", "request", "status", "answer"))
    model = models.get(path)
    if model is None:
        return
    unknown = set(request) - set(model.model_fields)
    if unknown:
        fail(line, f"{path} has fields that vLLM does not know: {sorted(unknown)}")
    try:
        read = model.model_validate(request)
    except Exception as error:
        fail(line, f"vLLM refuses {path}: {error}")
        return
    if path != "/v1/completions":
        return
    try:
        parameters = read.to_sampling_params(read.max_tokens, {"temperature": 0.6, "top_k": 20, "top_p": 0.95})
        parameters.update_from_generation_config({"eos_token_id": [1, 2]}, 1)
    except Exception as error:
        if status == 200:
            fail(line, f"vLLM refuses the sampling parameters: {error}")
        return
    if status == 200 and "seed" in request:
        said = {name: getattr(parameters, name) for name in ("n", "seed", "temperature", "top_p", "top_k", "logprobs")}
        for name, value in said.items():
            if value != request[name] and not (request["temperature"] == 0 and name in ("top_p", "top_k")):
                fail(line, f"vLLM samples with {name} {value}, not {request[name]}")
        ends = set(parameters.stop_token_ids or [])
        if ends != set(request["stop_token_ids"]):
            fail(line, f"vLLM ends at {sorted(ends)}, not {request['stop_token_ids']}")
    if status == 200:
        response = sys.modules["vllm.entrypoints.openai.completion.protocol"].CompletionResponse
        try:
            response.model_validate(answer)
        except Exception as error:
            fail(line, f"the double's answer is not vLLM's: {error}")


def main():
    wheel = sys.argv[1]
    root = pathlib.Path(__file__).resolve().parents[2]
    file = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root / "trainer-service/target/vllm-exchanges.jsonl"
    sys.meta_path.insert(0, Finder(wheel))
    completion = importlib.import_module("vllm.entrypoints.openai.completion.protocol")
    lora = importlib.import_module("vllm.entrypoints.serve.lora.protocol")
    models = {
        "/v1/completions": completion.CompletionRequest,
        "/v1/load_lora_adapter": lora.LoadLoRAAdapterRequest,
        "/v1/unload_lora_adapter": lora.UnloadLoRAAdapterRequest,
    }
    counts = {}
    for number, line in enumerate(file.read_text().splitlines(), 1):
        exchange = json.loads(line)
        check(number, exchange, models)
        key = f"{exchange['path']} {exchange['status']}"
        counts[key] = counts.get(key, 0) + 1
    for key in sorted(counts):
        print(f"{counts[key]:6} {key}")
    print("all as vLLM has it" if not FAILED else f"{len(FAILED)} differences")
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
