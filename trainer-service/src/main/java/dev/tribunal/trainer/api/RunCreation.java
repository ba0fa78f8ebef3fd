package dev.tribunal.trainer.api;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.languagemodel.Engine;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.checkpoint.CheckpointSpace;
import dev.tribunal.trainer.execution.SpecChecks;
import dev.tribunal.trainer.spec.SpecResolver.Resolved;
import dev.tribunal.trainer.store.RunEntity;
import dev.tribunal.trainer.store.RunStore;
import dev.tribunal.trainer.store.TrainerProperties;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;

/** Makes runs of specs; under an idempotency key, one run however often it is asked. */
@Component
public final class RunCreation {

    private static final int MAX_KEY = 200;

    private final SpecChecks checks;
    private final Engine engine;
    private final FileRoots roots;
    private final TrainerProperties properties;
    private final RunStore runs;
    /** Keys whose first request is being answered here; elsewhere the database's unique key decides. */
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

    RunCreation(SpecChecks checks, Engine engine, FileRoots roots, TrainerProperties properties, RunStore runs) {
        this.checks = checks;
        this.engine = engine;
        this.roots = roots;
        this.properties = properties;
        this.runs = runs;
    }

    /** The run as it would be; its id is used for nothing. */
    RunEntity dryRun(String body, String contentType) {
        return newRun(body, contentType, null);
    }

    /** @throws TribunalException with all the spec's mistakes, or if the key is another body's or is in flight */
    public RunEntity create(String body, String contentType, @Nullable String key) {
        if (key == null) {
            return runs.create(newRun(body, contentType, null));
        }
        if (key.isBlank() || key.length() > MAX_KEY) {
            throw new TribunalException(
                    CommonError.MALFORMED_REQUEST, "Idempotency-Key must have 1 to " + MAX_KEY + " characters.");
        }
        String ofNamespace = Caller.current().namespace() + " " + key;
        if (!inFlight.add(ofNamespace)) {
            throw new TribunalException(
                    TrainerError.IDEMPOTENCY_IN_FLIGHT,
                    "The first request with Idempotency-Key '" + key + "' is still being answered; try again soon.");
        }
        try {
            Optional<RunEntity> earlier = replay(key, body);
            return earlier.isPresent() ? earlier.get() : runs.create(newRun(body, contentType, key));
        } catch (DataIntegrityViolationException taken) {
            return replay(key, body).orElseThrow(() -> taken);
        } finally {
            inFlight.remove(ofNamespace);
        }
    }

    private Optional<RunEntity> replay(String key, String body) {
        Optional<RunEntity> earlier = runs.byIdempotencyKey(key);
        earlier.filter(run -> !run.bodyDigest().equals(Sha256.hex(body))).ifPresent(run -> {
            throw new TribunalException(
                    TrainerError.IDEMPOTENCY_KEY_REUSED,
                    "Idempotency-Key '" + key + "' belongs to run '" + run.id()
                            + "', which had another spec; use a new key for a new spec.");
        });
        return earlier;
    }

    private RunEntity newRun(String body, String contentType, @Nullable String key) {
        return RunEntity.created(resolved(body, contentType), key, Sha256.hex(body));
    }

    /** @throws TribunalException with all the spec's mistakes */
    Resolved resolved(String body, String contentType) {
        Resolved resolved = checks.check(body, contentType);
        String lack = lack(resolved.spec(), 1);
        if (lack != null) {
            throw new TribunalException(
                    TrainerError.INVALID_SPEC,
                    "The run's checkpoints do not fit on the disk.",
                    List.of(new FieldError("/training/checkpointEvery", lack)));
        }
        return resolved;
    }

    /** What the checkpoints of so many runs of a spec lack on the disk; null if there is room. */
    @Nullable
    String lack(RunSpec spec, int runs) {
        return CheckpointSpace.lack(
                spec, engine.inspect(roots.checkpoint(spec.policy().model())), properties.dataDirectory(), runs);
    }
}
