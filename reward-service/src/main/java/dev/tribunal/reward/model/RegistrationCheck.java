package dev.tribunal.reward.model;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.reward.training.PairSurvey;
import dev.tribunal.reward.training.PreferencePair;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.servicekit.files.DiskSpace;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.http.CommonError;
import dev.tribunal.servicekit.http.TribunalException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks for all mistakes of one registration, its files included. */
final class RegistrationCheck {

    private static final Pattern NAME = Pattern.compile(RewardModelRegistration.NAME);
    private static final Pattern VERSION = Pattern.compile(RewardModelRegistration.VERSION);

    private final Engine engine;
    private final FileRoots files;
    private final Path data;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<FieldError> errors = new ArrayList<>();

    private RegistrationCheck(Engine engine, FileRoots files, Path data) {
        this.engine = engine;
        this.files = files;
        this.data = data;
    }

    /**
     * @param data the folder of the versions' checkpoints
     * @return what is doubtful about it, but no mistake
     * @throws TribunalException (422) naming every mistake by its JSON pointer
     */
    static List<Condition> check(
            RewardModelRegistration registration, Engine engine, FileRoots files, RemoteModels remotes, Path data) {
        var check = new RegistrationCheck(engine, files, data);
        check.names(registration.name(), registration.version());
        switch (registration.source()) {
            case null ->
                check.error(
                        "/source",
                        "is missing; give {\"type\": \"train\", ...}, {\"type\": \"import\", ...} or {\"type\":"
                                + " \"remote\", ...}");
            case Train train -> check.train(train);
            case Import imported -> check.checkpoint("/source/model", imported.model(), true);
            case Remote remote ->
                remotes.errors(remote).forEach(error -> check.error("/source" + error.pointer(), error.detail()));
        }
        if (!check.errors.isEmpty()) {
            throw new TribunalException(
                    CommonError.INVALID_REQUEST,
                    "The reward model cannot be registered: " + check.errors.size() + " mistake"
                            + (check.errors.size() == 1 ? "" : "s") + ".",
                    check.errors);
        }
        return check.conditions;
    }

    /** Whether name and version are such as a version can have; others need not be looked for. */
    static boolean isNamed(RewardModelRegistration registration) {
        return isName(registration.name()) && isVersion(registration.version());
    }

    private static boolean isName(@Nullable String name) {
        return name != null && NAME.matcher(name).matches();
    }

    private static boolean isVersion(@Nullable String version) {
        return version != null && VERSION.matcher(version).matches() && !version.equals("latest");
    }

    private void names(@Nullable String name, @Nullable String version) {
        if (!isName(name)) {
            error("/name", "is " + quoted(name) + "; use 1 to 63 of a-z, 0-9 and -, neither first nor last a -");
        }
        if (!isVersion(version)) {
            error(
                    "/version",
                    "is " + quoted(version)
                            + "; use 1 to 63 letters, digits, dots, - and _, first a letter or digit, but not"
                            + " 'latest'");
        }
    }

    private void train(Train train) {
        checkpoint("/source/backbone", train.backbone(), false);
        PairSurvey survey = pairs(train.pairs());
        if (train.training() == null) {
            error("/source/training", "is missing; give at least epochs, batchSize, learningRate and seed");
            return;
        }
        training(train.training());
        if (survey != null && errors.isEmpty()) {
            conditions.addAll(survey.findings().conditions(TrainingPlan.of(train.training())));
        }
    }

    private void training(Training training) {
        String at = "/source/training/";
        between(at + "epochs", training.epochs(), 1, RewardModelRegistration.MAX_EPOCHS);
        between(at + "batchSize", training.batchSize(), 1, RewardModelRegistration.MAX_BATCH_SIZE);
        if (!(training.learningRate() > 0 && training.learningRate() <= 1)) {
            error(at + "learningRate", "is " + training.learningRate() + "; it must lie in (0, 1]");
        }
        Double clip = training.gradientClip();
        if (clip != null && !(clip > 0 && Double.isFinite(clip))) {
            error(at + "gradientClip", "is " + clip + "; it must be positive");
        }
        if (training.warmupSteps() != null) {
            between(at + "warmupSteps", training.warmupSteps(), 0, RewardModelRegistration.MAX_WARMUP_STEPS);
        }
        if (training.validationShare() != null) {
            between(at + "validationShare", training.validationShare(), 0, 0.5);
        }
    }

    private @Nullable PairSurvey pairs(@Nullable String reference) {
        if (reference == null) {
            error("/source/pairs", "is missing; give file:PATH of JSON lines with prompt, chosen and rejected");
            return null;
        }
        try {
            PairSurvey survey = new PairSurvey();
            PreferencePair.read(files.file(reference), survey::add);
            String refusal = survey.findings().refusal();
            if (refusal != null) {
                error("/source/pairs", "'" + reference + "' " + refusal);
            }
            return survey;
        } catch (IllegalArgumentException | JsonLines.InvalidLinesException e) {
            error("/source/pairs", e.getMessage());
            return null;
        }
    }

    private void checkpoint(String pointer, @Nullable String reference, boolean imported) {
        if (reference == null) {
            error(pointer, "is missing; give hf:DIRECTORY");
            return;
        }
        try {
            CheckpointSummary summary = engine.inspect(files.checkpoint(reference));
            if (!summary.chatTemplate()) {
                error(
                        pointer,
                        "'" + reference + "' has no chat template; put it as chat_template into its"
                                + " tokenizer_config.json");
            }
            if (imported && !summary.isScoring()) {
                error(
                        pointer,
                        "'" + reference + "' is a language model without a head of scores, not a"
                                + " sequence-classification checkpoint; register it as the backbone of a \"train\" source");
            }
            if (imported && summary.isScoring() && !summary.scalarHead()) {
                error(
                        pointer,
                        "'" + reference + "' scores " + summary.labels().size() + " labels ("
                                + String.join(", ", summary.labels()) + "), but a reward model gives one number: take a"
                                + " checkpoint with num_labels 1");
            }
            room(pointer, summary);
            if (!imported && summary.isScoring()) {
                error(
                        pointer,
                        "'" + reference + "' is a sequence-classification checkpoint already;"
                                + " register it with an \"import\" source");
            }
        } catch (IllegalArgumentException | CheckpointException e) {
            error(pointer, e.getMessage());
        }
    }

    /** Weights are written in 32 bits; an import is copied as it is, which is no more. */
    private void room(String pointer, CheckpointSummary summary) {
        String lack = DiskSpace.lack(data, 4 * summary.parameters(), "its checkpoint needs");
        if (lack != null) {
            error(pointer, lack + "; free some, or set tribunal.reward.data to a folder on another disk");
        }
    }

    private void between(String pointer, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            error(pointer, "is " + plain(value) + "; it must lie between " + plain(least) + " and " + plain(most));
        }
    }

    private void error(String pointer, @Nullable String detail) {
        errors.add(new FieldError(pointer, String.valueOf(detail)));
    }

    private static String quoted(@Nullable String value) {
        return value == null ? "missing" : "'" + value + "'";
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
