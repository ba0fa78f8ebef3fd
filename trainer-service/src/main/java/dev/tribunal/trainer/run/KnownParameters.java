package dev.tribunal.trainer.run;

import dev.tribunal.contracts.http.CommonError;
import dev.tribunal.contracts.http.Suggestion;
import dev.tribunal.contracts.http.TribunalException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that an endpoint does not know: {@code ?dryrun=true} must not start a run. And values that
 * no database takes.
 */
final class KnownParameters implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && ours(method.getBeanType())) {
            Set<String> known = Arrays.stream(method.getMethodParameters())
                    .map(parameter -> parameter.getParameterAnnotation(RequestParam.class))
                    .filter(Objects::nonNull)
                    .map(RequestParam::name)
                    .collect(Collectors.toSet());
            String unknown = request.getParameterMap().keySet().stream()
                    .filter(name -> !known.contains(name))
                    .map(name -> "query parameter '" + name + "' is not known" + Suggestion.of(name, known))
                    .collect(Collectors.joining("; "));
            if (!unknown.isEmpty()) {
                throw new TribunalException(CommonError.MALFORMED_REQUEST, "The " + unknown + ".");
            }
            if (request.getParameterMap().values().stream()
                    .flatMap(Arrays::stream)
                    .anyMatch(value -> value.indexOf('\0') >= 0)) {
                throw new TribunalException(
                        CommonError.MALFORMED_REQUEST, "A query parameter has a NUL character; remove it.");
            }
        }
        return true;
    }

    private static boolean ours(Class<?> controller) {
        return controller == RunsController.class || controller == EventStream.class;
    }
}
