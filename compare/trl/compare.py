"""Trains with TRL what a run of run.yaml has trained, and compares loss and gradient norm step by step.

    python compare.py RUN [--home DIR] [--stage NAME]

Both sides start from the same weights in fp32 and see the same tokens. Pairs are read from pairs.jsonl and tokenised by each
side for itself; rollouts and their rewards are the run's stored episodes, which TRL is given in place of sampling its own. The
loss of methods that sample is compared through `tribunal method try`, on TRL's own log-probabilities. Exit code 1 if a number
differs by more than 1e-4 of itself.
"""

import argparse
import collections
import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
import trl
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
from trl import DPOConfig, DPOTrainer, GRPOConfig, GRPOTrainer, RLOOConfig, RLOOTrainer
from trl.experimental.cpo import CPOConfig, CPOTrainer

try:
    from trl.experimental.ppo import PPOConfig, PPOTrainer, ppo_trainer
except ImportError:  # later releases have no PPO
    PPOTrainer = None

HERE = pathlib.Path(__file__).resolve().parent
TRIBUNAL = str(HERE / "../../tribunal")
MODEL = HERE / "../../examples/embedded/policy"
TOLERANCE = 1e-4
LEARNING_RATE = 1e-4  # of the stages of run.yaml, but for dapo


def model():
    return AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32, attn_implementation="eager")


tokenizer = AutoTokenizer.from_pretrained(MODEL)


def prompt_text(messages):
    return tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)


def prompt_ids(messages):
    return tokenizer(prompt_text(messages), add_special_tokens=False)["input_ids"]


class Run:
    """What our side measured and stored."""

    def __init__(self, run, home):
        self.command = [TRIBUNAL, "run"]
        self.options = [run] + (["--home", home] if home else [])
        self.metrics = collections.defaultdict(dict)  # (stage, name) -> step -> value
        for task, name, step, value in list(csv.reader(io.StringIO(self.ask("metrics", "--csv"))))[1:]:
            self.metrics[name][int(step)] = float(value)
        self.episodes = collections.defaultdict(list)  # step -> episodes
        for line in self.ask("episodes", "--json", "--limit", "100000").splitlines():
            episode = json.loads(line)
            self.episodes[episode["step"]].append(episode)

    def ask(self, what, *options):
        return subprocess.run(
            self.command + [what] + self.options + list(options), check=True, capture_output=True, text=True
        ).stdout


def settings(folder, steps, batch, learning_rate=LEARNING_RATE):
    """What both sides share: AdamW without weight decay, a constant rate, the same clipping, everything in one pass."""
    return dict(
        output_dir=folder,
        max_steps=steps,
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=1,
        learning_rate=learning_rate,
        lr_scheduler_type="constant",
        warmup_steps=0,
        max_grad_norm=1.0,
        optim="adamw_torch",
        adam_beta1=0.9,
        adam_beta2=0.999,
        adam_epsilon=1e-8,
        weight_decay=0.0,
        bf16=False,
        gradient_checkpointing=False,
        disable_dropout=True,
        use_cpu=True,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )


def pairs():
    rows = [json.loads(line) for line in (HERE / "pairs.jsonl").read_text().splitlines()]
    return Dataset.from_list(
        [
            {
                "prompt": prompt_text([{"role": "user", "content": row["prompt"]}]),
                "chosen": row["chosen"] + tokenizer.eos_token,
                "rejected": row["rejected"] + tokenizer.eos_token,
            }
            for row in rows
        ]
    )


def dpo(folder, steps, **options):
    data = pairs()
    config = DPOConfig(**settings(folder, steps, len(data)), max_length=None, **options)
    return DPOTrainer(model(), ref_model=model(), args=config, train_dataset=data, processing_class=tokenizer)


def cpo(folder, steps, **options):
    data = pairs()
    config = CPOConfig(**settings(folder, steps, len(data)), max_length=256, **options)
    return CPOTrainer(model(), args=config, train_dataset=data, processing_class=tokenizer)


def online(trainer, config, folder, run, first, steps, updates=1, learning_rate=LEARNING_RATE, **options):
    """A trainer that is given the run's rollouts, and their rewards, instead of sampling."""
    by_step = [sorted(run.episodes[first + i], key=lambda e: (e["prompt"], e["sample"])) for i in range(steps)]
    generations = collections.Counter((e["step"], e["prompt"]) for e in by_step[0]).most_common(1)[0][1]
    size = len(by_step[0])
    served = iter(by_step)
    data = Dataset.from_list(
        [
            {"prompt": prompt_text(e["messages"])}
            for episodes in by_step
            for e in episodes[::generations]
        ]
    )

    def reward(**_):
        return reward.now

    class Fed(trainer):
        """Answers with the run's completions in place of its own, and keeps what its loss made of them."""

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.updates = []

        def _generate_single_turn(self, ids, *_):
            episodes = next(served)
            self.episodes, self.passes = episodes, []
            assert [prompt_ids(e["messages"]) for e in episodes] == ids, "TRL shows other prompts than the run"
            reward.now = [e["reward"] if e["feasible"] else 0.0 for e in episodes]
            completions = [e["tokenIds"] for e in episodes]
            return (completions, None) if trainer is GRPOTrainer else completions

        def _get_per_token_logps_and_entropies(self, of, *args, **kwargs):
            result = super()._get_per_token_logps_and_entropies(of, *args, **kwargs)
            self.passes.append((of is self.ref_model, torch.is_grad_enabled(), result[0]))
            return result

        def _compute_loss(self, of, inputs):
            loss = super()._compute_loss(of, inputs)
            now = self.passes[-1][2]
            slopes = torch.autograd.grad(loss, now, retain_graph=True)[0]
            order = self.order(inputs)
            # Taken before the rollouts are shuffled.
            before = {ref: logps for ref, grad, logps in self.passes if not grad}
            reference = before.get(True)
            old = before.get(False)
            rows = [None] * len(order)
            for row, episode in enumerate(order):
                e = self.episodes[episode]
                length = len(e["tokenIds"])
                rows[episode] = {
                    "prompt": e["prompt"],
                    "reward": reward.now[episode],
                    "finishReason": e["finishReason"],
                    "currentLogProbs": now[row, :length].tolist(),
                    "logProbs": (now[row] if old is None else old[episode])[:length].tolist(),
                    "referenceLogProbs": None if reference is None else reference[episode, :length].tolist(),
                    "slopes": slopes[row, :length].tolist(),
                }
            self.updates.append((loss.item(), rows))
            return loss

        def order(self, inputs):
            """The episode of each row."""

            def tokens(kind, row):
                return tuple(inputs[f"{kind}_ids"][row][inputs[f"{kind}_mask"][row].bool()].tolist())

            left = collections.defaultdict(list)
            for i, e in enumerate(self.episodes):
                left[tuple(prompt_ids(e["messages"])), tuple(e["tokenIds"])].append(i)
            return [left[tokens("prompt", r), tokens("completion", r)].pop() for r in range(len(self.episodes))]

    args = config(
        **settings(folder, steps * updates, size, learning_rate),
        num_generations=generations,
        num_iterations=updates,
        max_completion_length=24,
        temperature=1.0,
        shuffle_dataset=False,
        **options,
    )
    return Fed(model(), reward_funcs=reward, args=args, train_dataset=data, processing_class=tokenizer)


def ppo_updates(run, first, length=6):
    """The loss of each of two updates, and its rows.

    TRL puts the reward of a completion that ended early on the position after its end, and that position's value into the
    critic's loss; here the last token has both. The first tokens of the completions are used, so that none ends. The critic
    keeps its random values: what a method trial knows is the values under the old critic.
    """
    episodes = sorted(run.episodes[first], key=lambda e: (e["prompt"], e["sample"]))
    queries = [prompt_ids(e["messages"]) for e in episodes]
    answers = [e["tokenIds"][:length] for e in episodes]
    torch.manual_seed(7)
    value_model = AutoModelForSequenceClassification.from_pretrained(MODEL, num_labels=1, dtype=torch.float32)
    policy, reference, pad = model(), model(), tokenizer.pad_token_id
    policy.generation_config.pad_token_id = pad
    order, updates, seen = [], [], {}

    def generation(of, shown, *_):
        left = collections.defaultdict(list)
        for i, ids in enumerate(queries):
            left[tuple(ids)].append(i)
        order.extend(left[tuple(row[row != pad].tolist())].pop(0) for row in shown)
        whole = torch.cat([shown, torch.tensor([answers[i] for i in order])], 1)
        return whole, ppo_trainer.forward(of, whole, pad).logits[:, shown.shape[1] - 1 : -1]

    get_reward = ppo_trainer.get_reward

    def rewards(of, *args):
        return (None, torch.tensor([episodes[i]["reward"] for i in order]), None) if of is scorer else get_reward(of, *args)

    log_softmax = ppo_trainer.selective_log_softmax

    def kept_log_softmax(logits, index):
        result = log_softmax(logits, index)
        seen.setdefault("old" if "old" not in seen else "reference" if "reference" not in seen else "now", result)
        return result

    def wrapper_forward(self, **kwargs):
        hidden = self.critic_backbone(**kwargs).hidden_states[-1]
        seen["values"] = self.value_model.score(hidden).detach().requires_grad_()
        return self.policy(**kwargs), seen["values"]

    def backward(loss, **_):
        by_log_prob, by_value = torch.autograd.grad(loss, [seen["now"], seen["values"]], retain_graph=True)
        rows = [None] * len(order)
        at = seen["values"].shape[1] - length - 1
        for row, i in enumerate(order):
            rows[i] = {
                "prompt": episodes[i]["prompt"],
                "reward": episodes[i]["reward"],
                "finishReason": "stop",
                "currentLogProbs": seen["now"][row].tolist(),
                "logProbs": seen["old"][row].tolist(),
                "referenceLogProbs": seen["reference"][row].tolist(),
                "values": [seen["values"][row, at:-1, 0].tolist()],
                "slopes": by_log_prob[row].tolist(),
                "valueSlopes": by_value[row, at:-1, 0].tolist(),
            }
        updates.append((loss.item(), rows))
        loss.backward()
        del seen["now"]

    class Numpy:
        """In order, so that it is known which row is whose."""

        random = type("random", (), {"permutation": staticmethod(lambda n: list(range(n)))})

    with tempfile.TemporaryDirectory() as folder:
        common = {
            k: v for k, v in settings(folder, 1, len(episodes)).items() if k not in ("max_steps", "disable_dropout")
        }
        config = PPOConfig(
            **common,
            response_length=length,
            total_episodes=len(episodes),
            num_ppo_epochs=2,
            num_mini_batches=1,
            local_rollout_forward_batch_size=len(episodes),
            num_sample_generations=0,
            stop_token_id=None,
            missing_eos_penalty=None,
            temperature=1.0,
            kl_coef=0.05,
            cliprange=0.2,
            cliprange_value=0.2,
            vf_coef=0.1,
            gamma=1.0,
            lam=0.95,
        )
        scorer = torch.nn.Linear(1, 1)
        trainer = PPOTrainer(
            args=config,
            processing_class=tokenizer,
            model=policy,
            ref_model=reference,
            reward_model=scorer,
            value_model=value_model,
            train_dataset=Dataset.from_list([{"input_ids": ids} for ids in queries]),
            eval_dataset=Dataset.from_list([{"input_ids": ids} for ids in queries]),
        )
        ppo_trainer.batch_generation = generation
        ppo_trainer.get_reward = rewards
        ppo_trainer.selective_log_softmax = kept_log_softmax
        ppo_trainer.np = Numpy
        ppo_trainer.PolicyAndValueWrapper.forward = wrapper_forward
        trainer.accelerator.backward = backward
        trainer.train()
    return updates


def stages(run):
    """By stage of run.yaml: its steps, the updates of each, and how TRL's trainer is made, with our hyperparameters in TRL's words."""
    return {
        "dpo": (5, 1, lambda at, first: dpo(at, 5, loss_type=["sigmoid"], beta=0.1)),
        "ipo": (5, 1, lambda at, first: dpo(at, 5, loss_type=["ipo"], beta=0.1)),  # tau
        "simpo": (5, 1, lambda at, first: cpo(at, 5, loss_type="simpo", beta=2.0, simpo_gamma=0.5, cpo_alpha=0.0)),
        "cpo": (5, 1, lambda at, first: cpo(at, 5, loss_type="sigmoid", beta=0.1, cpo_alpha=1.0)),
        "grpo": (5, 1, lambda at, first: online(GRPOTrainer, GRPOConfig, at, run, first, 5, loss_type="grpo", beta=0.04, use_bias_correction_kl=False)),
        "dapo": (
            3,
            2,
            lambda at, first: online(
                GRPOTrainer, GRPOConfig, at, run, first, 3, 2, 3e-4, loss_type="bnpo", beta=0.0, epsilon_high=0.28
            ),
        ),
        "rloo": (3, 2, lambda at, first: online(RLOOTrainer, RLOOConfig, at, run, first, 3, 2, beta=0.05)),
    }


def measured(trainer):
    """TRL's loss and gradient norm by update, as its trainer logs them, with the loss before its log rounds it."""
    losses = []
    compute = trainer.compute_loss

    def compute_loss(*args, **kwargs):
        result = compute(*args, **kwargs)
        losses.append((result[0] if isinstance(result, tuple) else result).item())
        return result

    trainer.compute_loss = compute_loss
    trainer.train()
    norms = [entry["grad_norm"] for entry in trainer.state.log_history if "grad_norm" in entry]
    return losses, [float(norm) for norm in norms]


def tried(method, hyperparameters, rows):
    """What `tribunal method try` makes of the same rollouts: the loss, and by row the slopes."""
    groups = collections.defaultdict(list)
    for i, row in enumerate(rows):
        groups[row["prompt"]].append((i, row))
    fields = ["finishReason", "currentLogProbs", "logProbs", "referenceLogProbs", "values"]
    document = {
        "method": {"type": method, **hyperparameters},
        "rewards": [],
        "groups": [
            {
                "prompt": prompt,
                "rollouts": [
                    {"sample": i, "score": row["reward"], "feasible": True}
                    | {field: row[field] for field in fields if row.get(field) is not None}
                    for i, row in members
                ],
            }
            for prompt, members in groups.items()
        ],
    }
    answer = json.loads(
        subprocess.run(
            [TRIBUNAL, "method", "try", method, "-f", "-", "--json"],
            input=json.dumps(document),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    )
    slopes = {
        rollout["sample"]: rollout["slopes"] for group in answer["groups"] for rollout in group["rollouts"]
    }
    return answer["loss"], [slopes[i] for i in range(len(rows))]


METHODS = {  # of the online stages, as run.yaml has them
    "grpo": ("grpo", {"beta": 0.04}),
    "dapo": ("grpo", {"epsilonHigh": 0.28, "mean": "token"}),
    "rloo": ("rloo", {"beta": 0.05}),
    "ppo": ("ppo", {}),
}


class Report:
    """Prints pairs of numbers and how far they are apart."""

    worst = 0.0

    def row(self, label, *pairs):
        cells = []
        for ours, theirs, scale in pairs:
            off = abs(ours - theirs) / max(abs(ours), abs(theirs), scale)
            self.worst = max(self.worst, off)
            cells.append(f"{ours:12.6g} {theirs:12.6g} {off:8.1e}")
        print(f"{label:10}", "  ".join(cells))

    def trial(self, label, name, loss, rows):
        """A loss that is a mean of advantages is near 0: it is compared by the size of what is summed."""
        ours, slopes = tried(*METHODS[name], rows)
        mine = [slope for of in slopes for slope in of["logProbs"]]
        theirs = [slope for row in rows for slope in row["slopes"]]
        if "valueSlopes" in rows[0]:
            mine += [slope for of in slopes for slope in of["values"][0]]
            theirs += [slope for row in rows for slope in row["valueSlopes"]]
        norm = sum(slope * slope for slope in theirs) ** 0.5
        apart = sum((a - b) ** 2 for a, b in zip(mine, theirs, strict=True)) ** 0.5
        largest = max(abs(slope) for slope in theirs)
        self.row(label, (ours, loss, sum(abs(slope) for row in rows for slope in row["slopes"])), (norm + apart, norm, largest))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", help="id of a run of run.yaml that has succeeded")
    parser.add_argument("--home", help="of the platform that it ran on")
    parser.add_argument("--stage", action="append", help="only this one")
    options = parser.parse_args()
    run = Run(options.run, options.home)
    report = Report()
    print(f"trl {trl.__version__}, transformers {transformers.__version__}, torch {torch.__version__}")
    fed = {}
    first = 1
    print("\nTraining: loss and gradient norm, ours, TRL's, and their relative difference")
    for name, (steps, updates, make) in stages(run).items():
        if not options.stage or name in options.stage:
            with tempfile.TemporaryDirectory() as folder:
                trainer = make(folder, first)
                losses, norms = measured(trainer)
            fed[name] = getattr(trainer, "updates", [])
            for i in range(steps):
                # Our gradient norm is that of a step's last update.
                pairs = [(run.metrics["gradientNorm"][first + i], norms[(i + 1) * updates - 1], 0)]
                if name not in METHODS:
                    pairs.insert(0, (run.metrics["loss"][first + i], losses[i], 0))
                report.row(f"{name} {i + 1}", *pairs)
        if name == "grpo" and PPOTrainer and (not options.stage or "ppo" in options.stage):
            fed["ppo"] = ppo_updates(run, first)
        first += steps
    print("\nTribunal's loss on TRL's log-probabilities: loss, and slopes (length of TRL's vector, with and without the difference)")
    for name, updates in fed.items():
        for i, (loss, rows) in enumerate(updates):
            report.trial(f"{name} {i + 1}", name, loss, rows)
    if not PPOTrainer:
        print("ppo       this TRL has none")
    print(f"\nlargest relative difference {report.worst:.1e}")
    return 1 if report.worst > TOLERANCE else 0


if __name__ == "__main__":
    sys.exit(main())
