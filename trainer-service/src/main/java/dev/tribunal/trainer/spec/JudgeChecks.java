package dev.tribunal.trainer.spec;

import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.CheckResponse;
import dev.tribunal.contracts.judge.v1.CheckResponse.ItemProblem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.JsonLines.Place;
import dev.tribunal.trainer.prompt.Prompt;
import dev.tribunal.trainer.spec.FileUse.AskedJudge;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.web.client.RestClientException;

/**
 * Shows every prompt to the judges that will judge its completions, in batches: what a judge cannot read is known
 * before anything is trained. A judge that does not answer is not asked again, and named.
 */
final class JudgeChecks {

    private static final int MAX_ITEMS = 500;
    private static final long MAX_CHARACTERS = 1 << 20;

    private final JudgeRegistryApi registry;
    private final Map<AskedJudge, Batch> batches = new LinkedHashMap<>();
    /** Judge to why it did not look. */
    private final Map<String, String> silent = new LinkedHashMap<>();

    JudgeChecks(JudgeRegistryApi registry) {
        this.registry = registry;
    }

    /** Hears what a judge says of a line. */
    interface Listener {
        void problem(FileUse use, Place place, String problem);
    }

    /** @param listener hears of this line now or later */
    void ask(AskedJudge judge, FileUse use, Prompt prompt, Place place, Listener listener) {
        if (!judge.judge().checksItems() || silent.containsKey(judge.judge().reference())) {
            return;
        }
        Batch batch = batches.computeIfAbsent(judge, asked -> new Batch());
        if (batch.isFull() && !batch.has(place)) {
            send(judge, batch, listener);
        }
        batch.add(use, prompt, place);
    }

    /** Asks about what is left of a file. */
    void finish(Listener listener) {
        batches.forEach((judge, batch) -> send(judge, batch, listener));
        batches.clear();
    }

    /** Judge to why it did not look at some prompts. */
    Map<String, String> silent() {
        return silent;
    }

    private void send(AskedJudge judge, Batch batch, Listener listener) {
        String reference = judge.judge().reference();
        VersionedName name = VersionedName.parse(reference);
        if (batch.items.isEmpty() || silent.containsKey(reference)) {
            batch.clear();
            return;
        }
        try {
            CheckResponse answer = registry.check(
                    name.name(),
                    name.version(),
                    new CheckRequest(
                            new JudgeReference(name.name(), name.version(), judge.parameters()),
                            List.copyOf(batch.items.values())));
            for (ItemProblem problem : answer.problems()) {
                Place place = batch.places.get(problem.itemId());
                if (place != null) {
                    String detail =
                            "the judge '" + reference + "' says of " + problem.pointer() + ": " + problem.detail();
                    batch.uses.forEach(use -> listener.problem(use, place, detail));
                }
            }
            if (answer.unchecked() != null) {
                silent.put(reference, answer.unchecked());
            }
        } catch (TribunalException refused) {
            silent.put(reference, String.valueOf(refused.getMessage()));
        } catch (RestClientException unreachable) {
            silent.put(reference, "the judge service cannot be reached");
        }
        batch.clear();
    }

    /** Prompts for one judge. Tasks that use the same judge with the same parameters share them. */
    private static final class Batch {

        private final Map<String, PromptItem> items = new LinkedHashMap<>();
        private final Map<String, Place> places = new LinkedHashMap<>();
        private final Set<FileUse> uses = new LinkedHashSet<>();
        private long characters;

        void add(FileUse use, Prompt prompt, Place place) {
            uses.add(use);
            String id = id(place);
            if (items.put(id, new PromptItem(id, prompt.messages(), prompt.reference(), prompt.metadata())) == null) {
                places.put(id, place);
                characters += prompt.line().toString().length();
            }
        }

        boolean has(Place place) {
            return items.containsKey(id(place));
        }

        private static String id(Place place) {
            return place.toString().replace(' ', '-');
        }

        boolean isFull() {
            return items.size() >= MAX_ITEMS || characters >= MAX_CHARACTERS;
        }

        void clear() {
            items.clear();
            places.clear();
            uses.clear();
            characters = 0;
        }
    }
}
