package dev.tribunal.judge.fanout;

import dev.tribunal.servicekit.outbound.AddressGuard;
import dev.tribunal.servicekit.outbound.GuardedHttp;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What all clients of judges share. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FanOutProperties.class)
class FanOutConfiguration {

    @Bean
    JudgeClient.Surroundings surroundings(MeterRegistry meters, FanOutProperties properties) {
        return new JudgeClient.Surroundings(
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("judge-", 0).factory()),
                meters,
                properties.breakerPause());
    }

    @Bean
    VerdictCache verdictCache(DataSource database, FanOutProperties properties) {
        FanOutProperties.Cache cache = properties.cache();
        return cache.maxEntries() > 0
                ? new VerdictTable(database, cache.maxEntries(), cache.maxAge())
                : VerdictCache.none();
    }

    @Bean
    AddressGuard addressGuard(FanOutProperties properties) {
        return new AddressGuard(properties.allowedHosts());
    }

    @Bean
    GuardedHttp judgeHttp(AddressGuard guard, FanOutProperties properties) {
        return new GuardedHttp(guard, Math.toIntExact(properties.maxAnswer().toBytes()));
    }
}
