package dev.tribunal.servicekit.http;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.error.Suggestion;
import dev.tribunal.servicekit.page.QueryMistakes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Query parameters as the contracts have them: none that is not known ({@code ?dryrun=true} must not start a run), given
 * once, a number written in decimal digits and within its bounds ({@link Min}, {@link Max}), {@code true} or
 * {@code false} and nothing that Spring would take for it. All mistakes are answered at once.
 */
final class QueryParameters implements WebMvcConfigurer, HandlerInterceptor {

    private static final int MAX_LENGTH = 1000;

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && ours(method.getBeanType())) {
            List<FieldError> mistakes = unknown(method, request);
            for (MethodParameter parameter : method.getMethodParameters()) {
                RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
                if (annotation != null) {
                    String wrong = wrong(parameter, request.getParameterValues(annotation.name()));
                    if (wrong != null) {
                        mistakes.add(QueryMistakes.mistake(annotation.name(), wrong));
                    }
                }
            }
            if (!mistakes.isEmpty()) {
                throw QueryMistakes.of(mistakes);
            }
        }
        return true;
    }

    private static boolean ours(Class<?> controller) {
        return controller.getName().startsWith("dev.tribunal.") && controller != ErrorPath.class;
    }

    private static List<FieldError> unknown(HandlerMethod method, HttpServletRequest request) {
        Set<String> known = Arrays.stream(method.getMethodParameters())
                .map(parameter -> parameter.getParameterAnnotation(RequestParam.class))
                .filter(Objects::nonNull)
                .map(RequestParam::name)
                .collect(Collectors.toCollection(TreeSet::new));
        return request.getParameterMap().keySet().stream()
                .filter(name -> !known.contains(name))
                .map(name -> QueryMistakes.mistake(name, "is not known" + Suggestion.of(name, known)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** What is wrong with a parameter; null if nothing is. */
    private static @Nullable String wrong(MethodParameter parameter, String @Nullable [] values) {
        if (values == null) {
            return null;
        }
        if (values.length > 1 && !Collection.class.isAssignableFrom(parameter.getParameterType())) {
            return "is given " + values.length + " times, must be given once";
        }
        for (String value : values) {
            if (value.length() > MAX_LENGTH) {
                return "has " + value.length() + " characters, more than " + MAX_LENGTH;
            }
        }
        Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(parameter.getParameterType());
        if (type == Boolean.class && !values[0].equals("true") && !values[0].equals("false")) {
            return "is '" + values[0] + "', must be true or false";
        }
        return Number.class.isAssignableFrom(type) ? wrongNumber(values[0], type, parameter) : null;
    }

    private static @Nullable String wrongNumber(String value, Class<?> type, MethodParameter parameter) {
        if (type == Double.class) {
            return isFinite(value) ? null : "is '" + value + "', must be a number such as 0.5";
        }
        if (!value.matches("-?[0-9]+")) {
            return "is '" + value + "', must be a whole number";
        }
        BigInteger number = new BigInteger(value);
        long most = type == Integer.class ? Integer.MAX_VALUE : Long.MAX_VALUE;
        Min min = parameter.getParameterAnnotation(Min.class);
        Max max = parameter.getParameterAnnotation(Max.class);
        long low = min == null ? -most : min.value();
        long high = max == null ? most : Math.min(max.value(), most);
        return number.compareTo(BigInteger.valueOf(low)) < 0 || number.compareTo(BigInteger.valueOf(high)) > 0
                ? "is " + value + ", must be " + low + " to " + high
                : null;
    }

    private static boolean isFinite(String value) {
        return value.matches("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?") && Double.isFinite(Double.parseDouble(value));
    }
}
