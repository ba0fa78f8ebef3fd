package dev.tribunal.servicekit.http;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.server.PathContainer;
import org.springframework.util.unit.DataSize;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** How large a body each operation takes: what its contract says, else the common limit. */
public final class BodyLimits {

    private final DataSize common;
    private final Map<PathPattern, DataSize> operations = new LinkedHashMap<>();

    /**
     * @param common of all operations without a {@link MaxBody}
     * @param apis contracts' interfaces
     */
    public BodyLimits(DataSize common, Class<?>... apis) {
        this.common = common;
        for (Class<?> api : apis) {
            for (Method method : api.getDeclaredMethods()) {
                MaxBody most = method.getAnnotation(MaxBody.class);
                if (most != null) {
                    HttpExchange exchange = Objects.requireNonNull(
                            AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class),
                            () -> method + " has @MaxBody, so it must be an @HttpExchange");
                    operations.put(
                            PathPatternParser.defaultInstance.parse(exchange.url()),
                            DataSize.ofMegabytes(most.mebibytes()));
                }
            }
        }
    }

    DataSize of(HttpServletRequest request) {
        PathContainer path = PathContainer.parsePath(request.getRequestURI());
        return operations.entrySet().stream()
                .filter(operation -> operation.getKey().matches(path))
                .findFirst()
                .map(Map.Entry::getValue)
                .orElse(common);
    }

    static TribunalException tooLarge(DataSize most) {
        String limit = most.toMegabytes() > 0 ? most.toMegabytes() + " MiB" : most.toKilobytes() + " KiB";
        return new TribunalException(
                CommonError.PAYLOAD_TOO_LARGE,
                "The body is larger than " + limit + ", the most that this operation takes; send less at once.");
    }
}
