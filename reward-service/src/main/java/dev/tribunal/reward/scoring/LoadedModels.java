package dev.tribunal.reward.scoring;

import dev.tribunal.languagemodel.Engine;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.reward.model.RewardProperties;
import dev.tribunal.servicekit.work.WorkPool;
import jakarta.annotation.PreDestroy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Reward models in memory: loaded when first used, the least recently used one dropped when there are too many. */
@Component
class LoadedModels {

    private static final Duration LONGEST = Duration.ofSeconds(100);
    private static final int MAX_WAITING = 64;

    /** Reading gigabytes would hold up the other requests on an HTTP thread. */
    private final WorkPool loading = new WorkPool("loads of reward models", 1, MAX_WAITING);

    private final int capacity;
    private final Function<Path, ScoringModel> load;
    private final Map<Path, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    @Autowired
    LoadedModels(Engine engine, RewardProperties properties) {
        this(properties.loadedModels(), engine::loadScoring);
    }

    LoadedModels(int capacity, Function<Path, ScoringModel> load) {
        this.capacity = capacity;
        this.load = directory -> loading.call(LONGEST, () -> load.apply(directory));
    }

    /** Lends out a model; it is not closed before the work is done. */
    <T> T with(Path directory, Function<ScoringModel, T> work) {
        Slot slot = borrow(directory);
        try {
            return work.apply(slot.model(load));
        } finally {
            giveBack(slot);
        }
    }

    private Slot borrow(Path directory) {
        List<Slot> surplus = new ArrayList<>();
        Slot slot;
        synchronized (this) {
            slot = slots.computeIfAbsent(directory, Slot::new);
            slot.users++;
            var eldest = slots.values().iterator();
            while (slots.size() > capacity) {
                Slot dropped = eldest.next();
                eldest.remove();
                dropped.dropped = true;
                if (dropped.users == 0) {
                    surplus.add(dropped);
                }
            }
        }
        surplus.forEach(Slot::close);
        return slot;
    }

    private void giveBack(Slot slot) {
        boolean last;
        synchronized (this) {
            slot.users--;
            last = slot.dropped && slot.users == 0;
        }
        if (last) {
            slot.close();
        }
    }

    @PreDestroy
    synchronized void close() {
        loading.close();
        slots.values().forEach(Slot::close);
        slots.clear();
    }

    /** One model, loaded by its first user while the others of the same model wait. */
    private static final class Slot {

        private final Path directory;
        private int users; // guarded by LoadedModels
        private boolean dropped; // guarded by LoadedModels
        private @Nullable ScoringModel model;

        Slot(Path directory) {
            this.directory = directory;
        }

        synchronized ScoringModel model(Function<Path, ScoringModel> load) {
            if (model == null) {
                model = load.apply(directory);
            }
            return model;
        }

        synchronized void close() {
            if (model != null) {
                model.close();
                model = null;
            }
        }
    }
}
