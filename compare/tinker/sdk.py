"""The tinker SDK's own training loop against the double of the tests, or any other server that speaks the Tinker API.

    python compare/tinker/sdk.py http://127.0.0.1:8000 MODEL [--state] [--archive]

It teaches a new adapter of MODEL one sequence, samples from it, and checks at each step what the server has to hold. The
exit code is 1 if something is off. With --state it also goes on from a saved state, with AdamW's moments; with --archive it
downloads the adapter, which SkyRL has under another path than the SDK asks for.
"""

import argparse
import io
import sys
import tarfile
import urllib.request

import tinker
from tinker import types

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("url")
parser.add_argument("model")
parser.add_argument("--rank", type=int, default=8)
parser.add_argument("--steps", type=int, default=30)
parser.add_argument("--state", action="store_true")
parser.add_argument("--archive", action="store_true")
arguments = parser.parse_args()

PROMPT = [5, 17, 29, 41]
COMPLETION = [60, 61, 62, 63, 64, 65]
off = []


def check(what, holds):
    print(("ok   " if holds else "OFF  ") + what)
    if not holds:
        off.append(what)


def datum(weights_of_completion):
    tokens = PROMPT + COMPLETION
    weights = [0.0] * (len(PROMPT) - 1) + weights_of_completion
    return types.Datum(
        model_input=types.ModelInput.from_ints(tokens[:-1]),
        loss_fn_inputs={
            "target_tokens": types.TensorData(data=tokens[1:], dtype="int64", shape=[len(tokens) - 1]),
            "weights": types.TensorData(data=weights, dtype="float32", shape=[len(weights)]),
        },
    )


def log_prob(client):
    """Of the completion, by a pass that changes nothing."""
    out = client.forward([datum([1.0] * len(COMPLETION))], "cross_entropy").result()
    return sum(out.loss_fn_outputs[0]["logprobs"].data[len(PROMPT) - 1 :])


def learn(client, steps):
    for step in range(steps):
        passed = client.forward_backward([datum([1.0] * len(COMPLETION))], "cross_entropy")
        taken = client.optim_step(types.AdamParams(learning_rate=3e-3))
        now = sum(passed.result().loss_fn_outputs[0]["logprobs"].data[len(PROMPT) - 1 :])
        print(f"step {step + 1}: log-probability {now:.3f}, {taken.result().metrics}")


service = tinker.ServiceClient(base_url=arguments.url, api_key="tml-of-nobody")
models = [model.model_name for model in service.get_server_capabilities().supported_models]
check(f"the server has {arguments.model}", arguments.model in models)
client = service.create_lora_training_client(arguments.model, rank=arguments.rank, seed=1)
before = log_prob(client)
learn(client, arguments.steps)
after = log_prob(client)
check(f"the completion's log-probability rose from {before:.3f} to {after:.3f}", after > before + 1)

sampler = client.save_weights_and_get_sampling_client()
prompt = types.ModelInput.from_ints(PROMPT)
parameters = types.SamplingParams(max_tokens=len(COMPLETION), seed=1, temperature=1.0)
drawn = sampler.sample(prompt=prompt, num_samples=4, sampling_params=parameters).result().sequences
check("four samples came, each with log-probabilities", all(len(s.tokens) == len(s.logprobs) for s in drawn) and len(drawn) == 4)
check("samples are of the trained weights", sum(s.tokens[0] == COMPLETION[0] for s in drawn) >= 2)
again = sampler.sample(prompt=prompt, num_samples=4, sampling_params=parameters).result().sequences
check("the same seed gives the same samples", [s.tokens for s in again] == [s.tokens for s in drawn])

if arguments.archive:
    path = client.save_weights_for_sampler("for-export").result().path
    url = service.create_rest_client().get_checkpoint_archive_url_from_tinker_path(path).result().url
    request = urllib.request.Request(url, headers={"X-API-Key": "tml-of-nobody"})
    with tarfile.open(fileobj=io.BytesIO(urllib.request.urlopen(request).read())) as archive:
        names = sorted(name.rsplit("/", 1)[-1] for name in archive.getnames() if not name.endswith(("/", ".")))
    check("the archive has PEFT's two files", {"adapter_config.json", "adapter_model.safetensors"} <= set(names))

if arguments.state:
    state = client.save_state("state").result().path
    other = service.create_training_client_from_state_with_optimizer(state)
    check("a saved state says the same", abs(log_prob(other) - after) < 1e-3)
    learn(client, 1)
    learn(other, 1)
    check("and goes on with its moments", abs(log_prob(other) - log_prob(client)) < 1e-3)

sys.exit(1 if off else 0)
