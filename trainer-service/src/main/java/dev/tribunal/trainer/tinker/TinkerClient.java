package dev.tribunal.trainer.tinker;

import dev.tribunal.servicekit.outbound.AddressGuard.RefusedAddress;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import dev.tribunal.servicekit.outbound.GuardedHttp.Answer;
import dev.tribunal.trainer.journal.RunJournal;
import dev.tribunal.trainer.journal.RunJournal.EngineLostException;
import dev.tribunal.trainer.journal.RunJournal.Waiting;
import dev.tribunal.trainer.journal.TrainingFailedException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpDelete;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests to a Tinker server, each asked again until it is answered: between two attempts the run says what it waits for,
 * and hears orders. A request that is asked again is the same to the last byte, so that the server gives the first one's
 * future.
 *
 * @param url without {@code /api/v1}
 * @param key sent with each request, if given; never printed
 */
record TinkerClient(GuardedHttp http, String url, @Nullable String key, RunJournal journal) {

    private static final Logger LOG = LoggerFactory.getLogger(TinkerClient.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String API = "/api/v1/";

    /** Of what is answered at once. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** A server holds on to a question for what is not ready for minutes; the SDK asks again after so long. */
    private static final Duration POLL = Duration.ofSeconds(45);

    /** Of an adapter. */
    private static final Duration DOWNLOAD = Duration.ofMinutes(10);

    /** How often a person's orders are looked for. */
    private static final long LOOK_MILLIS = 100;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** A server that is away for no longer is not spoken of. */
    private static final Duration BLIP = Duration.ofSeconds(1);

    /** A server that answers with status 500 for so long has lost what it is asked for. */
    private static final Duration BROKEN = Duration.ofMinutes(5);

    /** Of what comes of nothing if it fails. */
    private static final Duration ATTEMPT = Duration.ofSeconds(10);

    /** How often the same future may be unknown to the server that gave it. */
    private static final int MOST_FORGOTTEN = 3;

    /** In the words of a server that was restarted and knows of a model, but does not have it. */
    private static final String NOT_LOADED = "not loaded";

    private static final int MAX_SAID = 300;

    /**
     * What is submitted.
     *
     * @param path below {@code /api/v1/}
     */
    record Request(String path, byte[] body, String contentType) {

        static Request json(String path, JsonNode body) {
            return new Request(path, JSON.writeValueAsBytes(body), ContentType.APPLICATION_JSON.getMimeType());
        }

        static Request protobuf(String path, byte[] body) {
            return new Request(path, body, Messages.CONTENT_TYPE);
        }
    }

    /** Work that the server has taken on. */
    record Promise(Request request, String id) {}

    /** A server's answer that is not one to be asked for again. */
    record Reply(
            int status,
            @Nullable String contentType,
            byte[] body,
            @Nullable String location) {

        boolean isProtobuf() {
            return Messages.CONTENT_TYPE.equals(contentType);
        }

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (JacksonException notJson) {
                return JSON.createObjectNode();
            }
        }

        /** Reads a message. */
        @FunctionalInterface
        interface Reading<T> {
            T of(byte[] message) throws IOException;
        }

        /** @throws TrainingFailedException if it is not such a message */
        <T> T read(Reading<T> reading) {
            if (!isProtobuf()) {
                throw new TrainingFailedException("the Tinker server answers with " + contentType + ", not "
                        + Messages.CONTENT_TYPE + "; it has to serve the tinker package 0.25");
            }
            try {
                return reading.of(body);
            } catch (IOException e) {
                throw new TrainingFailedException("the Tinker server's answer cannot be read: " + e.getMessage(), e);
            }
        }

        /** The server's words. */
        String said() {
            JsonNode json = json();
            JsonNode detail = json.path("detail").isMissingNode() ? json.path("error") : json.path("detail");
            String words = detail.isString() ? detail.asString() : detail.isMissingNode() ? "" : detail.toString();
            String text = words.strip();
            return "status " + status
                    + (text.isEmpty()
                            ? ""
                            : ": " + (text.length() <= MAX_SAID ? text : text.substring(0, MAX_SAID) + "..."));
        }
    }

    /** The same sequence number has been used for another request. */
    static final class ReusedException extends RuntimeException {
        ReusedException(String message) {
            super(message);
        }
    }

    static JsonMapper mapper() {
        return JSON;
    }

    private String name() {
        return "the Tinker server " + URI.create(url).getAuthority();
    }

    /**
     * Sees that the server has taken a request.
     *
     * @param stop throws if nobody wants it any more
     * @throws ReusedException as the server says
     * @throws EngineLostException if the server does not know the model
     * @throws TrainingFailedException if the server refuses
     */
    Promise submit(Request request, Runnable stop) {
        Reply reply = ask(() -> post(request), LIMIT, request.path(), stop);
        if (reply.status() == 409) {
            throw new ReusedException(request.path() + ", " + reply.said());
        }
        JsonNode id = require(reply, request.path()).path("request_id");
        if (!id.isString() && !id.isNumber()) {
            throw new TrainingFailedException(name() + " does not give a request_id for " + request.path());
        }
        return new Promise(request, id.asString());
    }

    /** Submits what is answered at once. */
    JsonNode call(String path, JsonNode body, Runnable stop) {
        return require(ask(() -> post(Request.json(path, body)), LIMIT, path, stop), path);
    }

    private JsonNode require(Reply reply, String what) {
        if (reply.status() == 404) {
            throw new EngineLostException(name() + " does not know what " + what + " is of (" + reply.said() + ")");
        }
        if (reply.status() / 100 != 2) {
            throw new TrainingFailedException(name() + " refuses " + what + ", " + reply.said());
        }
        return reply.json();
    }

    /**
     * Waits for the result of what was submitted. What the server has forgotten is submitted again.
     *
     * @param stop throws if nobody wants it any more
     * @throws EngineLostException if the server does not have the model any more, or gives futures that it does not know
     * @throws TrainingFailedException if the server could not do it
     */
    Reply await(Promise promise, Runnable stop) {
        String message = "has not finished " + promise.request().path() + " yet";
        try (Waiting waiting = journal.waiting("engine", name(), message)) {
            return await(promise, stop, queue -> waiting.says(message + queue));
        }
    }

    /** @param queue told of the server's queue, as the end of a sentence, whenever it says something of it */
    private Reply await(Promise promise, Runnable stop, Consumer<String> queue) {
        String what = promise.request().path();
        String id = promise.id();
        Duration pause = FIRST_PAUSE;
        int forgotten = 0;
        while (true) {
            String asked = id;
            Reply reply = ask(() -> retrieve(asked), POLL, what, stop);
            if (reply.status() == 404 || reply.status() == 410) { // the promise is gone, and the request is the same
                LOG.warn("{} has forgotten {} ({}); submitting it again", name(), what, reply.said());
                pause(pause, stop);
                pause = doubled(pause);
                String again = submit(promise.request(), stop).id();
                forgotten = again.equals(id) ? forgotten + 1 : 0;
                if (forgotten == MOST_FORGOTTEN) {
                    throw new EngineLostException(name() + " gives " + what + " the future " + id
                            + " and does not know it (" + reply.said() + ")");
                }
                id = again;
                continue;
            }
            if (reply.status() / 100 != 2) {
                throw undone(what, reply.said());
            }
            if (reply.isProtobuf()) {
                return reply;
            }
            JsonNode json = reply.json();
            if (json.path("type").asString("").equals("try_again")) {
                String state = json.path("queue_state").asString("active");
                boolean active = state.equals("active");
                queue.accept(active ? "" : "; its queue is " + state.replace('_', ' '));
                pause(pause, stop);
                pause = active ? FIRST_PAUSE : doubled(pause);
                continue;
            }
            if (json.path("error").isString()) {
                throw undone(
                        what,
                        json.path("error").asString() + " ("
                                + json.path("category").asString("unknown") + ")");
            }
            return reply;
        }
    }

    private RuntimeException undone(String what, String why) {
        String message = name() + " could not do " + what + ": " + why;
        return why.contains(NOT_LOADED) ? new EngineLostException(message) : new TrainingFailedException(message);
    }

    JsonNode result(Request request, Runnable stop) {
        return await(submit(request, stop), stop).json();
    }

    /**
     * A redirect is followed once, with the key only if it leads to the same server in the same way.
     *
     * @param paths below {@code /api/v1/}, of the same thing: servers have it under one of them
     */
    byte[] download(List<String> paths, Runnable stop) {
        Reply reply = new Reply(404, null, new byte[0], null);
        for (int i = 0; i < paths.size() && reply.status() == 404; i++) {
            String path = paths.get(i);
            reply = ask(() -> get(url() + API + path), LIMIT, path, stop);
            if (reply.status() / 100 == 3 && reply.location() != null) {
                URI from = URI.create(url() + API + path);
                URI target = target(from, reply.location());
                boolean same = Objects.equals(target.getScheme(), from.getScheme())
                        && Objects.equals(target.getAuthority(), from.getAuthority());
                reply = ask(() -> same ? get(target.toString()) : new HttpGet(target), DOWNLOAD, path, stop);
            }
        }
        if (reply.status() != 200) {
            throw new TrainingFailedException(name() + " does not give " + paths.getFirst() + ", " + reply.said());
        }
        return reply.body();
    }

    private URI target(URI from, String location) {
        try {
            URI target = from.resolve(location);
            if (("http".equals(target.getScheme()) || "https".equals(target.getScheme())) && target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException notOne) {
            LOG.debug("{} redirects to what is not a URI", name(), notOne);
        }
        throw new TrainingFailedException(
                name() + " sends downloads to what is neither an http:// nor an https:// address");
    }

    /** Asked once, and nothing comes of it if it fails. */
    void tryTo(Request request) {
        tryOnce(post(request), request.path());
    }

    /** Likewise. */
    void tryToDelete(String path) {
        HttpDelete delete = new HttpDelete(url + API + path);
        authorize(delete);
        tryOnce(delete, path);
    }

    private void tryOnce(HttpUriRequestBase request, String what) {
        try {
            Answer answer = http.exchange(request, ATTEMPT);
            LOG.debug("{} answers {} to {}", name(), answer.status(), what);
        } catch (IOException e) {
            LOG.debug("{} does not answer {}: {}", name(), what, e.toString());
        }
    }

    private HttpPost post(Request request) {
        HttpPost post = new HttpPost(url + API + request.path());
        post.setEntity(new ByteArrayEntity(request.body(), ContentType.parse(request.contentType())));
        authorize(post);
        return post;
    }

    private HttpPost retrieve(String id) {
        HttpPost post =
                post(Request.json("retrieve_future", JSON.createObjectNode().put("request_id", id)));
        post.setHeader("Accept", Messages.CONTENT_TYPE + ", application/json;q=0.9");
        return post;
    }

    private HttpGet get(String address) {
        HttpGet get = new HttpGet(address);
        authorize(get);
        return get;
    }

    private void authorize(HttpUriRequestBase request) {
        if (key != null) {
            request.setHeader("X-API-Key", key);
        }
    }

    /** Asks until there is an answer that another attempt would not change. */
    private Reply ask(Supplier<HttpUriRequestBase> request, Duration limit, String what, Runnable stop) {
        long begun = System.nanoTime();
        long wellAt = begun;
        boolean told = false;
        Duration pause = FIRST_PAUSE;
        while (true) {
            String why;
            try {
                Answer answer = exchange(request.get(), limit, stop);
                Reply reply = new Reply(answer.status(), answer.contentType(), answer.body(), answer.location());
                if (!isPassing(answer.status())) {
                    if (told) {
                        journal.answered(name());
                    }
                    return reply;
                }
                why = reply.said();
                if (answer.status() != 500) { // others pass, as when a proxy's server is started anew
                    wellAt = System.nanoTime();
                } else if (limit.equals(POLL) && System.nanoTime() - wellAt > BROKEN.toNanos()) {
                    throw new TrainingFailedException(name() + " has not been able to tell what came of " + what
                            + " for " + BROKEN.toMinutes() + " minutes, " + why);
                }
                if (answer.status() == 408) { // it is at work, and nothing is wrong
                    pause(FIRST_PAUSE, stop);
                    continue;
                }
            } catch (GuardedHttp.TooLarge tooLarge) {
                throw new TrainingFailedException(name() + ", " + what + ": " + tooLarge.getMessage(), tooLarge);
            } catch (RefusedAddress refused) {
                throw new TrainingFailedException(
                        name() + ", " + what + ": " + refused.getMessage()
                                + "; if this host may be asked, add it to tribunal.trainer.engine.allowed-hosts",
                        refused);
            } catch (IOException e) {
                wellAt = System.nanoTime();
                boolean poll = limit.equals(POLL) && System.nanoTime() - begun >= POLL.toNanos();
                if (poll) {
                    begun = System.nanoTime();
                    continue;
                }
                why = String.valueOf(e.getMessage());
            }
            if (System.nanoTime() - begun > BLIP.toNanos()) {
                told = true;
                journal.waitsFor(name(), what + " fails: " + why);
            }
            LOG.warn("{}: {} fails, asking again in {} ms: {}", name(), what, pause.toMillis(), why);
            pause(pause, stop);
            pause = doubled(pause);
        }
    }

    private static boolean isPassing(int status) {
        return status == 408 || status == 425 || status == 429 || status >= 500;
    }

    private static Duration doubled(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    private static void pause(Duration pause, Runnable stop) {
        try {
            for (long left = pause.toMillis(); left > 0; left -= LOOK_MILLIS) {
                stop.run();
                Thread.sleep(Math.min(left, LOOK_MILLIS));
            }
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private static IllegalStateException interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while waiting for the Tinker server", interrupted);
    }

    /** On another thread, so that orders are heard meanwhile. */
    private Answer exchange(HttpUriRequestBase request, Duration limit, Runnable stop) throws IOException {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                answer.complete(http.exchange(request, limit));
            } catch (Throwable e) { // whatever it is: another thread waits for it
                answer.completeExceptionally(e);
            }
        });
        try {
            while (true) {
                try {
                    return answer.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException stillAtIt) {
                    stop.run();
                }
            }
        } catch (ExecutionException failed) {
            switch (Objects.requireNonNull(failed.getCause())) {
                case IOException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(failed.getCause());
            }
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        } finally {
            if (!answer.isDone()) {
                request.abort();
            }
        }
    }

    @Override
    public String toString() {
        return "TinkerClient[" + url + "]";
    }
}
