package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.access.v1.AccessTokenResource;
import dev.tribunal.contracts.access.v1.AccessTokensApi;
import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.run.RunResource;
import dev.tribunal.contracts.runs.v1.run.RunsApi;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.error.UpstreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Finds what a person names, and says what there is where nothing has that name. */
public final class Lookup {

    private static final int PAGE = 200;

    /** Pages of runs that are looked through for the beginning of an id. */
    private static final int MOST_PAGES = 10;

    /** {@code run_} and a little. */
    private static final int SHORTEST_BEGINNING = 6;

    private static final int MOST_SHOWN = 5;

    private Lookup() {}

    /** @param judge {@code NAME[@VERSION]}; without a version, the newest active one */
    public static JudgeResource judge(JudgeRegistryApi judges, String judge) {
        return versioned(
                "judge",
                judge,
                judges::get,
                () -> all(judges).stream()
                        .map(found -> new Known(found.name(), found.version()))
                        .toList());
    }

    /** @param model {@code NAME[@VERSION]}; without a version, the newest ready one */
    public static RewardModelResource rewardModel(RewardApi models, String model) {
        return versioned(
                "reward model",
                model,
                models::get,
                () -> all(models).stream()
                        .map(found -> new Known(found.name(), found.version()))
                        .toList());
    }

    /** @param id a run's, or the beginning of it that no other run has */
    public static RunResource run(RunsApi runs, String id) {
        try {
            return runs.get(id);
        } catch (UpstreamException e) {
            if (e.code().status() != HttpStatus.NOT_FOUND || !isOurs(e)) {
                throw e;
            }
        }
        List<RunResource> newest = pages(cursor -> runs.list(null, null, null, null, cursor, PAGE), MOST_PAGES);
        List<RunResource> beginning =
                newest.stream().filter(run -> run.id().startsWith(id)).toList();
        if (beginning.size() == 1 && id.length() >= SHORTEST_BEGINNING) {
            return runs.get(beginning.getFirst().id());
        }
        List<RunResource> named =
                newest.stream().filter(run -> run.name().equals(id)).toList();
        throw new CommandException("there is no run '" + id + "'"
                + (!beginning.isEmpty()
                        ? "; this is how " + ids(beginning) + " begin" + (beginning.size() == 1 ? "s" : "")
                        : !named.isEmpty()
                                ? "; of that name there " + (named.size() == 1 ? "is " : "are ") + ids(named)
                                : suggestion(id, newest)));
    }

    private static String suggestion(String id, List<RunResource> runs) {
        return Suggestion.closest(id, runs.stream().map(RunResource::id).toList())
                .map(close -> "; did you mean '" + close + "'?")
                .orElse("; ./tribunal run list shows those there are");
    }

    private static String ids(List<RunResource> runs) {
        return runs.stream().limit(MOST_SHOWN).map(RunResource::id).collect(Collectors.joining(", "))
                + (runs.size() > MOST_SHOWN ? " and " + (runs.size() - MOST_SHOWN) + " more" : "");
    }

    public static List<JudgeResource> all(JudgeRegistryApi judges) {
        return pages(cursor -> judges.list(cursor, PAGE), Integer.MAX_VALUE);
    }

    public static List<RewardModelResource> all(RewardApi models) {
        return pages(cursor -> models.list(cursor, PAGE), Integer.MAX_VALUE);
    }

    public static List<AccessTokenResource> all(AccessTokensApi tokens) {
        return pages(cursor -> tokens.list(cursor, PAGE), Integer.MAX_VALUE);
    }

    private static <T> List<T> pages(Function<@Nullable String, Page<T>> read, int most) {
        List<T> all = new ArrayList<>();
        String cursor = null;
        for (int i = 0; i < most; i++) {
            Page<T> page = read.apply(cursor);
            all.addAll(page.data());
            cursor = page.nextCursor();
            if (cursor == null) {
                break;
            }
        }
        return all;
    }

    private record Known(String name, String version) {}

    @FunctionalInterface
    private interface KnownOnes {

        List<Known> list();
    }

    private static <T> T versioned(String kind, String wanted, BiFunction<String, String, T> get, KnownOnes known) {
        int at = wanted.indexOf('@');
        String name = at < 0 ? wanted : wanted.substring(0, at);
        String version = at < 0 ? "latest" : wanted.substring(at + 1);
        if (name.isBlank() || version.isBlank()) {
            throw new CommandException("'" + wanted + "' names no " + kind + "; write NAME or NAME@VERSION");
        }
        try {
            return get.apply(name, version);
        } catch (UpstreamException e) {
            if (e.code().status() != HttpStatus.NOT_FOUND || !isOurs(e)) {
                throw e;
            }
        }
        List<Known> all = known.list();
        Set<String> versions = all.stream()
                .filter(one -> one.name().equals(name))
                .map(Known::version)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!versions.isEmpty()) {
            throw new CommandException("there is no " + kind + " " + wanted
                    + (at < 0 ? " that can be used" : "") + "; " + name + " has the version"
                    + (versions.size() == 1 ? " " : "s ") + String.join(", ", versions));
        }
        throw new CommandException("there is no " + kind + " '" + wanted + "'"
                + Suggestion.of(name, all.stream().map(Known::name).collect(Collectors.toCollection(TreeSet::new))));
    }

    /** A 404 of another server at that address says nothing about the name. */
    private static boolean isOurs(UpstreamException e) {
        return !e.code().code().startsWith("http_");
    }
}
