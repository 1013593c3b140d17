using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Weerbaarheid.Relay.Logs;
using Weerbaarheid.Relay.Relaying;

namespace Weerbaarheid.Relay.Broker;

/// <summary>A publication that was handed in and awaits its acknowledgement.</summary>
internal readonly record struct Pending(ushort Identifier, MqttQualityOfServiceLevel Quality, string Topic, HandedIn HandedIn);

/// <summary>What the acknowledgements must know of their client.</summary>
/// <param name="Id">Client identifier.</param>
/// <param name="HasReasons">MQTT 5: a refusal can be expressed.</param>
/// <param name="WantsSentences">MQTT 5 Request Problem Information; when off, no reason string or user property may be sent (§3.1.2.11.7).</param>
internal sealed record ClientTraits(string Id, bool HasReasons, bool WantsSentences);

/// <summary>
/// Acknowledges one client's publications in the order in which they came (MQTT §4.6), each after its commit. Receiving goes on
/// meanwhile, so all that the client has in flight shares one commit.
/// </summary>
/// <remarks>
/// MQTT 3.1.1 cannot express a refusal: a server either acknowledges or closes the connection (MQTT-3.3.5-2). Since an
/// acknowledgement means "on disk" here, the connection is closed, after an entry that says why.
/// </remarks>
internal sealed class Acknowledgements(
    ClientTraits client, ClientOutput output, ExactlyOnce exactlyOnce, Rejections rejections, int limit, ILogger logger)
{
    private const int MaxSentence = 512;

    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(limit) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Queues a publication; waits while the queue is full.</summary>
    /// <exception cref="ChannelClosedException">The connection is at its end.</exception>
    public ValueTask AddAsync(Pending pending, CancellationToken cancellationToken) => _pending.Writer.WriteAsync(pending, cancellationToken);

    /// <summary>No more will come.</summary>
    public void Complete() => _pending.Writer.TryComplete();

    /// <summary>Runs until completed, or until a refusal ends the connection.</summary>
    /// <returns>False when the connection must be closed.</returns>
    public async Task<bool> RunAsync()
    {
        try
        {
            await foreach (var pending in _pending.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                if (!await FinishAsync(pending).ConfigureAwait(false)) return false;
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // The node stops without a commit; there is nothing true to say to the client.
        }
        catch (Exception e)
        {
            logger.AcknowledgingFailed(Pseudonym.Of(client.Id), e.GetType().Name);
            return false;
        }
        finally
        {
            _pending.Writer.TryComplete();
        }
    }

    private async ValueTask<bool> FinishAsync(Pending pending)
    {
        var waiting = pending.HandedIn.Outcome;
        // What is already acknowledged must not wait for the next commit.
        if (!waiting.IsCompleted) await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        var outcome = await waiting.ConfigureAwait(false);
        if (outcome.Refusal != Refusal.None)
        {
            await rejections.ReportAsync(pending.Topic, client.Id, Rejections.Word(outcome.Refusal), pending.HandedIn.Errors ?? [outcome.Reason]).ConfigureAwait(false);
            if (pending.Quality == MqttQualityOfServiceLevel.ExactlyOnce) exactlyOnce.Release(pending.Identifier);
        }

        if (pending.Quality == MqttQualityOfServiceLevel.AtMostOnce) return true;
        if (outcome.Refusal != Refusal.None && !client.HasReasons)
        {
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            rejections.NoteUntold(client.Id);
            return false;
        }

        var more = _pending.Reader.TryPeek(out _);
        var written = await output.WriteAsync(Packet(pending, outcome, client.WantsSentences), more, CancellationToken.None).ConfigureAwait(false);
        // What makes it larger than the client takes is left out, for the acknowledgement itself must arrive (MQTT-3.4.2-2, MQTT-3.4.2-3).
        if (written == Written.TooLarge) await output.WriteAsync(Packet(pending, outcome, sentences: false), more, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private static MqttPacket Packet(Pending pending, SubmitOutcome outcome, bool sentences)
    {
        var reason = ReasonCode(outcome.Refusal);
        var sentence = sentences && outcome.Refusal != Refusal.None ? Cut(outcome.Reason) : null;
        List<MqttUserProperty>? properties = sentences && outcome.Refusal == Refusal.None && outcome.Key.Origin != 0
            ? [new MqttUserProperty("id", Encoding.ASCII.GetBytes(outcome.Key.ToString()).AsMemory())]
            : null;
        return pending.Quality == MqttQualityOfServiceLevel.AtLeastOnce
            ? new MqttPubAckPacket { PacketIdentifier = pending.Identifier, ReasonCode = reason, ReasonString = sentence, UserProperties = properties }
            : new MqttPubRecPacket { PacketIdentifier = pending.Identifier, ReasonCode = (MqttPubRecReasonCode)reason, ReasonString = sentence, UserProperties = properties };
    }

    /// <summary>The MQTT 5 reason for a refusal; PUBACK and PUBREC share the numbers (§3.4.2.1, §3.5.2.1).</summary>
    private static MqttPubAckReasonCode ReasonCode(Refusal refusal) => refusal switch
    {
        Refusal.None => MqttPubAckReasonCode.Success,
        Refusal.Invalid => MqttPubAckReasonCode.PayloadFormatInvalid,
        Refusal.NotAllowed => MqttPubAckReasonCode.NotAuthorized,
        Refusal.Full => MqttPubAckReasonCode.QuotaExceeded,
        _ => MqttPubAckReasonCode.ImplementationSpecificError,
    };

    private static string Cut(string text) => text.Length <= MaxSentence ? text : text[..MaxSentence];
}
