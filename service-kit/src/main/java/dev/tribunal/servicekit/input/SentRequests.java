package dev.tribunal.servicekit.input;

import dev.tribunal.servicekit.error.TribunalException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the bodies of requests that programs send ({@link InputReader#isSent}) with {@link InputReader}. A controller
 * gets the record whatever is wrong with it, and asks {@link #input} for the mistakes, so that it can tell in the same
 * answer what else it has to say: which judge is not known, which parameters it does not take.
 */
public final class SentRequests implements HttpMessageConverter<Object> {

    private static final String INPUT = SentRequests.class.getName() + ".input";

    private final JsonMapper json;

    public SentRequests(JsonMapper json) {
        this.json = json;
    }

    /** How the body of the request at hand was read; one that did not come over HTTP is as its program made it. */
    @SuppressWarnings({"unchecked", "ReferenceEquality"}) // it holds this very message, and not one like it
    public static <T> Input<T> input(T message) {
        RequestAttributes request = RequestContextHolder.getRequestAttributes();
        return request != null
                        && request.getAttribute(INPUT, RequestAttributes.SCOPE_REQUEST) instanceof Input<?> input
                        && input.value() == message
                ? (Input<T>) input
                : Input.of(message);
    }

    @Override
    public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
        return InputReader.isSent(type)
                && (mediaType == null
                        || getSupportedMediaTypes().stream().anyMatch(supported -> supported.includes(mediaType)));
    }

    @Override
    public boolean canWrite(Class<?> type, @Nullable MediaType mediaType) {
        return false;
    }

    @Override
    public List<MediaType> getSupportedMediaTypes() {
        return List.of(MediaType.APPLICATION_JSON, new MediaType("application", "*+json"));
    }

    /** @throws TribunalException 422 if nothing at all could be read */
    @Override
    public Object read(Class<?> type, HttpInputMessage message) throws IOException {
        JsonNode tree;
        try {
            tree = json.readTree(message.getBody());
        } catch (JacksonException e) {
            throw new HttpMessageNotReadableException("the body is not JSON", e, message);
        }
        if (tree.isMissingNode() || tree.isNull()) {
            throw new HttpMessageNotReadableException("there is no body", message);
        }
        Input<?> input = InputReader.read(type, tree);
        if (input.value() == null) {
            throw TribunalException.ofMistakes("The request", input.mistakes());
        }
        RequestContextHolder.currentRequestAttributes().setAttribute(INPUT, input, RequestAttributes.SCOPE_REQUEST);
        return input.value();
    }

    @Override
    public void write(Object value, @Nullable MediaType type, HttpOutputMessage message) {
        throw new HttpMessageNotWritableException("requests are only read");
    }
}
