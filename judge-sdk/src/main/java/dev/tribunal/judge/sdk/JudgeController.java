package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.FieldError;
import dev.tribunal.contracts.http.TribunalException;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.EvaluateResponse;
import dev.tribunal.contracts.judge.v1.EvaluateResponse.JudgeVersion;
import dev.tribunal.contracts.judge.v1.JudgeApi;
import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;

/** Serves one judge by judge/v1. */
@RestController
final class JudgeController implements JudgeApi {

    private static final long MAX_DEADLINE_MS = Duration.ofMinutes(10).toMillis();

    private final Judge judge;

    JudgeController(Judge judge) {
        this.judge = judge;
    }

    @Override
    public JudgeDescriptor descriptor() {
        return judge.descriptor();
    }

    @Override
    public EvaluateResponse evaluate(EvaluateRequest request) {
        List<FieldError> errors = errors(request);
        if (!errors.isEmpty()) {
            throw new TribunalException(
                    CommonError.INVALID_REQUEST, "The request has " + errors.size() + " mistake(s).", errors);
        }
        Deadline deadline = Deadline.after(Duration.ofMillis(Math.min(request.deadlineMs(), MAX_DEADLINE_MS)));
        JudgeVersion version =
                new JudgeVersion(descriptor().name(), descriptor().version());
        return new EvaluateResponse(
                request.requestId(),
                version,
                judge.evaluate(request.items(), request.judge().parameters(), deadline));
    }

    private List<FieldError> errors(EvaluateRequest request) {
        List<FieldError> errors = new ArrayList<>();
        if (RequestCheck.blank(request.requestId())) {
            errors.add(new FieldError("/requestId", "is missing"));
        }
        if (request.deadlineMs() < 1) {
            errors.add(new FieldError("/deadlineMs", "is " + request.deadlineMs() + ", must be at least 1"));
        }
        errors.addAll(judgeErrors(request.judge()));
        errors.addAll(RequestCheck.items(request.items(), "/items"));
        int most = descriptor().maxBatchItems();
        if (request.items() != null && request.items().size() > most) {
            errors.add(new FieldError(
                    "/items", "holds " + request.items().size() + " items; this judge takes at most " + most));
        }
        return errors;
    }

    private List<FieldError> judgeErrors(JudgeReference reference) {
        if (reference == null) {
            return List.of(new FieldError("/judge", "is missing"));
        }
        List<FieldError> errors = new ArrayList<>();
        JudgeDescriptor own = descriptor();
        if (!own.name().equals(reference.name())) {
            errors.add(new FieldError("/judge/name", "is '" + reference.name() + "'; this is " + own.name()));
        }
        if (!own.version().equals(reference.version())) {
            errors.add(new FieldError(
                    "/judge/version", "is '" + reference.version() + "'; this is version " + own.version()));
        }
        for (FieldError error : judge.check(reference.parameters())) {
            errors.add(new FieldError("/judge/parameters" + error.pointer(), error.detail()));
        }
        return errors;
    }
}
