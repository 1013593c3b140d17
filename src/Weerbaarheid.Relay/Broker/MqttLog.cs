using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;
using Weerbaarheid.Relay.Logs;

namespace Weerbaarheid.Relay.Broker;

/// <summary>Passes the MQTT library's own log on. All of it is about single clients, so all of it is for debugging.</summary>
internal sealed class MqttLog(ILogger logger) : IMqttNetLogger
{
    public bool IsEnabled => logger.IsEnabled(LogLevel.Debug);

    public void Publish(MqttNetLogLevel level, string source, string message, object[] parameters, Exception exception)
    {
        if (!IsEnabled) return;
        var text = parameters is { Length: > 0 } ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, parameters) : message;
        logger.LibrarySays(exception, source, text);
    }
}
