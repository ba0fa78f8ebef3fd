package dev.tribunal.trainer.tinker;

import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.servicekit.files.OwnedFolder;
import dev.tribunal.trainer.journal.RunJournal.TrainerLeavesException;
import dev.tribunal.trainer.tinker.TinkerClient.Promise;
import dev.tribunal.trainer.tinker.TinkerClient.Request;
import dev.tribunal.trainer.tinker.TinkerClient.ReusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is saved of a model on a Tinker server: weights there to sample from, and its adapter on this disk. */
final class SavedWeights {

    private static final Logger LOG = LoggerFactory.getLogger(SavedWeights.class);

    /** That are tried for what is saved. */
    private static final int NAMES = 3;

    private final TinkerEngine engine;
    private final TinkerClient client;
    private final NumberedRequests requests;

    /** Weights to sample from that the server has. */
    private final List<String> samplers = new ArrayList<>();

    /** Where the weights to sample from are; absent if they are older than the model. */
    private @Nullable String sampler;

    /** The adapter that is there; absent if nobody has asked for it. */
    private @Nullable AdapterArchive archive;

    SavedWeights(TinkerEngine engine, NumberedRequests requests) {
        this.engine = engine;
        this.client = engine.client();
        this.requests = requests;
    }

    /** A step changes the model: what is saved of it is older. */
    void outdate() {
        sampler = null;
        archive = null;
    }

    /** Where the weights as they are now can be sampled from. */
    synchronized String sampler(Runnable stop) {
        if (sampler == null) {
            sampler = saved("save_weights_for_sampler", "sampler-" + requests.next(), stop);
            samplers.add(nameOf(sampler));
        }
        return sampler;
    }

    /**
     * Some servers take a name once, whatever the number: where the answer to a request was lost, the weights are saved under
     * another name.
     *
     * @return the server's path
     */
    private String saved(String route, String name, Runnable stop) {
        String model = requests.model();
        for (int attempt = 1; ; attempt++) {
            String called = attempt == 1 ? name : name + "-" + attempt;
            try {
                Promise promise = requests.trySubmit(number -> saving(route, called, model, number), stop);
                String kind = route.equals("save_weights") ? "weights" : "sampler_weights";
                return client.await(promise, stop)
                        .json()
                        .path("path")
                        .asString("tinker://" + model + "/" + kind + "/" + called);
            } catch (ReusedException taken) {
                if (attempt == NAMES) {
                    throw requests.usedByOthers(taken);
                }
            }
        }
    }

    private static Request saving(String route, String name, String model, int number) {
        ObjectNode body = TinkerEngine.body(route);
        body.put("model_id", model);
        body.put("path", name);
        body.put("seq_id", number);
        return Request.json(route, body);
    }

    /** Writes the base model with the adapter in it. */
    void saveMerged(Path directory, WeightType weightType) {
        try (OwnedFolder folder = OwnedFolder.create(parent(directory), "adapter")) {
            engine.mergeAdapter(engine.base(), written(folder), weightType, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
        }
    }

    /** With the server's own state, moments and all, under a name that is this model's alone. */
    synchronized void saveAdapter(Path directory) {
        try (OwnedFolder folder = OwnedFolder.create(parent(directory), "adapter")) {
            Path adapter = written(folder);
            String weights = saved("save_weights", "weights-" + requests.next(), this::stopIfCancelled);
            new ServerState(
                            client.url(),
                            engine.baseModel(),
                            engine.run(),
                            requests.model(),
                            weights,
                            engine.reduction())
                    .write(adapter);
            folder.publish(adapter, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be written: " + e.getMessage(), e);
        }
        forgetOldSamplers();
    }

    private Path written(OwnedFolder folder) {
        Path adapter = folder.path().resolve("adapter");
        archive().write(adapter, engine.lora(), engine.base());
        return adapter;
    }

    /** A checkpoint is both merged and beside its model, and takes the same adapter for it. */
    private synchronized AdapterArchive archive() {
        AdapterArchive there = archive;
        if (there == null) {
            there = downloaded();
            archive = there;
        }
        return there;
    }

    private AdapterArchive downloaded() {
        String name = nameOf(sampler(this::stopIfCancelled));
        String checkpoints = checkpoints();
        return AdapterArchive.read(client.download(
                List.of(checkpoints + name + "/archive", checkpoints + "sampler_weights/" + name + "/archive"),
                this::stopIfCancelled));
    }

    private String checkpoints() {
        return "training_runs/" + requests.model() + "/checkpoints/";
    }

    /**
     * A trainer that leaves does so with a checkpoint of its last step; its thread is interrupted when the grace period is
     * over.
     */
    private void stopIfCancelled() {
        try {
            engine.journal().stopIfCancelled();
        } catch (TrainerLeavesException leaving) {
            LOG.debug("run {} is saved, since the trainer leaves", engine.run());
        }
    }

    /** All but those of the weights as they are. */
    private void forgetOldSamplers() {
        String now = nameOf(Objects.requireNonNull(sampler));
        samplers.removeIf(name -> {
            boolean old = !name.equals(now);
            if (old) {
                client.tryToDelete(checkpoints() + "sampler_weights/" + name);
            }
            return old;
        });
    }

    /** The last part of a server's path. */
    private static String nameOf(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Path parent(Path directory) {
        return Objects.requireNonNull(directory.toAbsolutePath().getParent());
    }
}
