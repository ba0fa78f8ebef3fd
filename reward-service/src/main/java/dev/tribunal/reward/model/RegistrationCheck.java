package dev.tribunal.reward.model;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Best;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Import;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Remote;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Train;
import dev.tribunal.contracts.reward.v1.RewardModelRegistration.Training;
import dev.tribunal.contracts.reward.v1.RewardModelResource.Condition;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.CheckpointSummary;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.methods.rewardmodel.Brme;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.methods.rewardmodel.PreferenceLoss;
import dev.tribunal.methods.rewardmodel.RewardModelLoss;
import dev.tribunal.methods.rewardmodel.SquaredError;
import dev.tribunal.reward.remote.RemoteModels;
import dev.tribunal.reward.training.TrainingPlan;
import dev.tribunal.reward.training.answer.Answers;
import dev.tribunal.reward.training.answer.LabelledAnswer;
import dev.tribunal.reward.training.pair.PairSurvey;
import dev.tribunal.reward.training.pair.PreferencePair;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.DiskSpace;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.files.JsonLines;
import dev.tribunal.servicekit.input.Input;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is wrong with a registration beyond its form: its files, addresses and secrets. */
final class RegistrationCheck {

    private final Input<RewardModelRegistration> input;
    private final Engine engine;
    private final FileRoots files;
    private final Path data;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<FieldError> errors = new ArrayList<>();

    private RegistrationCheck(Input<RewardModelRegistration> input, Engine engine, FileRoots files, Path data) {
        this.input = input;
        this.engine = engine;
        this.files = files;
        this.data = data;
    }

    /**
     * @param data the folder of the versions' checkpoints
     * @return what is doubtful about it, but no mistake
     * @throws TribunalException (422) naming every mistake by its JSON pointer, those of the form first
     */
    static List<Condition> check(
            Input<RewardModelRegistration> input, Engine engine, FileRoots files, RemoteModels remotes, Path data) {
        var check = new RegistrationCheck(input, engine, files, data);
        switch (Objects.requireNonNull(input.value()).source()) {
            case Train train -> check.train(train);
            case Import imported -> check.checkpoint("/source/model", imported.model(), true);
            case Remote remote ->
                remotes.mistakes(remote).forEach(fact -> check.error("/source" + fact.pointer(), fact.detail()));
        }
        List<FieldError> mistakes = input.mistakesAnd(check.errors);
        if (!mistakes.isEmpty()) {
            throw TribunalException.ofMistakes("The registration", mistakes);
        }
        return check.conditions;
    }

    private void train(Train train) {
        checkpoint("/source/backbone", train.backbone(), false);
        if (!input.sound("/source/training/loss")) {
            return;
        }
        if (train.pairs() != null) {
            PairSurvey survey = pairs(train.pairs());
            if (survey != null && errors.isEmpty() && input.whole("/source/training")) {
                conditions.addAll(survey.findings().conditions(TrainingPlan.of(train.training())));
            }
        }
        if (train.answers() != null) {
            answers(train.answers(), train.training().loss());
        }
        checkBest(train.training());
    }

    /** Of a squared error nothing is right or wrong. */
    private void checkBest(Training training) {
        if (input.sound("/source/training/validation")
                && training.loss() instanceof SquaredError
                && training.validation().best() == Best.VALIDATION_ACCURACY) {
            error("/source/training/validation/best", "is an accuracy, which 'mse' has not; take validationLoss");
        }
    }

    private void answers(String reference, RewardModelLoss loss) {
        if (!input.sound("/source/answers")) {
            return;
        }
        try {
            int[] count = new int[1];
            Path file = files.file(reference);
            switch (loss) {
                case SquaredError _ -> LabelledAnswer.readRated(file, _ -> count[0]++);
                case Moslim classes -> LabelledAnswer.readClassified(file, classes.heads(), _ -> count[0]++);
                case PreferenceLoss _, Brme _ -> count[0] = Answers.MIN_ANSWERS; // told already: it is of pairs
            }
            if (count[0] < Answers.MIN_ANSWERS) {
                error(
                        "/source/answers",
                        "'" + reference + "' has " + count[0] + " answers; at least " + Answers.MIN_ANSWERS
                                + " are needed, and a useful reward model takes some hundreds");
            }
        } catch (IllegalArgumentException | JsonLines.InvalidLinesException e) {
            error("/source/answers", e.getMessage());
        }
    }

    private @Nullable PairSurvey pairs(String reference) {
        if (!input.sound("/source/pairs")) {
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

    private void checkpoint(String pointer, String reference, boolean imported) {
        if (!input.sound(pointer)) {
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

    private void error(String pointer, @Nullable String detail) {
        errors.add(new FieldError(pointer, String.valueOf(detail)));
    }
}
