package dev.tribunal.reward.model;

import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.EngineOptions;
import dev.tribunal.languagemodel.Lora;
import dev.tribunal.languagemodel.Precision;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.methods.rewardmodel.PreferenceLoss;
import dev.tribunal.methods.rewardmodel.SquaredError;
import dev.tribunal.reward.head.Heads;
import dev.tribunal.reward.training.Candidate;
import dev.tribunal.reward.training.Trained;
import dev.tribunal.reward.training.TrainingListener;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.reward.training.answer.AnswerTraining;
import dev.tribunal.reward.training.answer.Answers;
import dev.tribunal.reward.training.answer.LabelledAnswer;
import dev.tribunal.reward.training.pair.HeadTraining;
import dev.tribunal.reward.training.pair.Pairs;
import dev.tribunal.reward.training.pair.PreferencePair;
import dev.tribunal.reward.training.pair.PreferenceTraining;
import dev.tribunal.servicekit.files.FileRoots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a checkpoint of a backbone and rows, as a registration says. */
final class CheckpointTraining {

    /** As transformers names a label that has no name. */
    private static final List<String> ONE_LABEL = List.of("LABEL_0");

    private final Engine engine;
    private final FileRoots files;
    private final Train source;
    private final Training training;
    private final TrainingPlan plan;
    private final Path scratch;
    private final TrainingListener listener;
    private final List<Condition> conditions = new ArrayList<>();
    private final EngineOptions options;

    /** @param scratch a folder for what is left behind of no use */
    CheckpointTraining(Engine engine, FileRoots files, Train source, Path scratch, TrainingListener listener) {
        this.engine = engine;
        this.files = files;
        this.source = source;
        this.training = source.training();
        this.plan = TrainingPlan.of(training);
        this.scratch = scratch;
        this.listener = listener;
        options = options();
    }

    /** @param directory to be made */
    Trained into(Path directory) {
        Path backbone = files.checkpoint(source.backbone());
        Trained trained = switch (training.loss()) {
            case PreferenceLoss loss -> {
                try (Candidate candidate = candidate(scalar(backbone))) {
                    yield saved(
                            candidate,
                            new PreferenceTraining(candidate, plan, loss, listener).train(pairs(candidate)),
                            directory);
                }
            }
            case SquaredError _ -> {
                try (Candidate candidate = candidate(scalar(backbone))) {
                    Answers answers = answers(candidate);
                    LabelledAnswer.readRated(files.file(answersFile()), answers);
                    yield saved(candidate, new AnswerTraining(candidate, plan, listener).onRatings(answers), directory);
                }
            }
            case Moslim loss -> {
                Heads heads = new Heads(AnswerTraining.heads(loss));
                try (Candidate candidate = candidate(withHeads(backbone, heads))) {
                    Answers answers = answers(candidate);
                    LabelledAnswer.readClassified(files.file(answersFile()), loss.heads(), answers);
                    yield saved(
                            candidate,
                            new AnswerTraining(candidate, plan, listener).onClasses(answers, loss),
                            directory);
                }
            }
            case Brme loss -> inTwoStages(backbone, loss, directory);
        };
        List<Condition> all = new ArrayList<>(conditions);
        all.addAll(trained.conditions());
        return new Trained(trained.metrics(), all, trained.heads());
    }

    private Trained inTwoStages(Path backbone, Brme loss, Path directory) {
        Path stage1 = scratch.resolve("stage1");
        Pairs pairs;
        List<double[]> rewards;
        Trained first;
        try (Candidate candidate = candidate(scalar(backbone))) {
            pairs = pairs(candidate);
            first = new PreferenceTraining(candidate, plan, loss.stage1(), listener.part(0, 0.5)).train(pairs);
            rewards = HeadTraining.rewards(candidate, plan, loss, pairs);
            candidate.model().save(stage1, WeightType.F32);
        }
        try (Candidate candidate = candidate(withHeads(stage1, HeadTraining.heads(loss)))) {
            Trained heads = new HeadTraining(candidate, plan, loss, listener.part(0.5, 1)).train(pairs, rewards);
            Map<String, Double> metrics = new LinkedHashMap<>(heads.metrics());
            first.metrics().forEach((name, value) -> metrics.put("stage1." + name, value));
            return saved(candidate, new Trained(metrics, first.conditions(), heads.heads()), directory);
        }
    }

    private static Trained saved(Candidate candidate, Trained trained, Path directory) {
        candidate.model().save(directory, WeightType.F32);
        if (!trained.heads().isEmpty()) {
            new Heads(trained.heads()).write(directory);
        }
        return trained;
    }

    private Candidate candidate(ScoringModel model) {
        return new Candidate(model, scratch.resolve("best"), best -> engine.loadScoring(best, options.frozen()));
    }

    private ScoringModel scalar(Path backbone) {
        Lora lora = lora();
        return lora == null
                ? engine.withScalarHead(backbone, options)
                : engine.withHeadAndAdapter(backbone, ONE_LABEL, training.seed(), options, lora);
    }

    private ScoringModel withHeads(Path backbone, Heads heads) {
        Lora lora = lora();
        return lora == null
                ? engine.withHead(backbone, heads.labels(), training.seed(), options)
                : engine.withHeadAndAdapter(backbone, heads.labels(), training.seed(), options, lora);
    }

    private @Nullable Lora lora() {
        var written = training.lora();
        return written == null ? null : Lora.of(written.rank(), written.alpha(), written.targetModules());
    }

    private EngineOptions options() {
        Precision precision = switch (training.precision()) {
            case FP32 -> Precision.FP32;
            case BF16 -> Precision.BF16;
        };
        if (!EngineSpeed.isWorthwhile(precision)) {
            conditions.add(new Condition(
                    "precision-fp32",
                    "precision is bf16, for which this processor has no instructions: it would be slower than fp32, several"
                            + " times; it was trained in fp32, which takes more memory"));
            precision = Precision.FP32;
        }
        return EngineOptions.DEFAULT
                .withPrecision(precision)
                .withActivationCheckpointing(training.activationCheckpointing());
    }

    private Pairs pairs(Candidate candidate) {
        ScoringModel model = candidate.model();
        Pairs pairs = new Pairs(model.tokenizer(), model.configuration().maxPositions());
        PreferencePair.read(files.file(Objects.requireNonNull(source.pairs(), "a loss of pairs has pairs")), pairs);
        pairs.requireUsable();
        return pairs;
    }

    private static Answers answers(Candidate candidate) {
        ScoringModel model = candidate.model();
        return new Answers(model.tokenizer(), model.configuration().maxPositions());
    }

    private String answersFile() {
        return Objects.requireNonNull(source.answers(), "a loss of answers has answers");
    }
}
