namespace Weerbaarheid.Relay.Links.Modems;

/// <summary>What the modem says, and what follows from it.</summary>
internal sealed partial class RnodeModem
{
    private void Take(byte command, ReadOnlySpan<byte> data, TimeSpan now, ModemOutputs outputs)
    {
        _unanswered = 0;
        Facts = Facts.Told(command, data);
        if (command == RnodeProtocol.Reset && data is [RnodeProtocol.ResetMark]) Restart("it started anew", find: true, now, outputs);
        else if (command == RnodeProtocol.Error && data.Length > 0) TakeError(data[0], now, outputs);
        else if (command == RnodeProtocol.ChannelTime) NoteLock(outputs);
        else if (_phase == Phase.Finding) TakeFound(command, data, now, outputs);
        else if (_phase == Phase.Setting) TakeSetting(command, data, now, outputs);
        else if (command == RnodeProtocol.Data && data.Length > 0) outputs.Add(new ModemOutput.Heard(data.ToArray()));
        else if (command == RnodeProtocol.RadioState && data is [0]) Restart("its radio went off", find: false, now, outputs);
        else if (command == RnodeProtocol.RadioState && _waiting is null) _due = now + CheckEvery;
        else if (command == RnodeProtocol.Room && data.Length == 1 && _waiting is not null) TakeRoom(data[0] != 0, now, outputs);
    }

    private void TakeFound(byte command, ReadOnlySpan<byte> data, TimeSpan now, ModemOutputs outputs)
    {
        if (command == RnodeProtocol.Detect && data is [RnodeProtocol.DetectAnswer]) _found = true;
        else if (command == RnodeProtocol.FirmwareVersion && data is [var major, var minor]) _version = (major << 8) | minor;
        if (!_found || _version is not { } version) return;
        if (version < LeastFirmware) Fail($"the RNode has firmware {Facts.Firmware}, and 1.52 or later is needed: update it (rnodeconf --update)", outputs);
        else Set(now, outputs);
    }

    private void TakeSetting(byte command, ReadOnlySpan<byte> data, TimeSpan now, ModemOutputs outputs)
    {
        _settings.Said(command, data);
        if (!_settings.Complete) return;
        if (_settings.Mismatch() is { } wrong)
        {
            Fail(wrong + _lastError, outputs);
            return;
        }

        (_phase, _due, _unanswered, _lastError, _waitingSince) = (Phase.Working, now + CheckEvery, 0, "", now);
        outputs.Add(new ModemOutput.Ready());
        if (_waiting is not null) Ask(now, outputs);
    }

    private void TakeRoom(bool room, TimeSpan now, ModemOutputs outputs)
    {
        var patience = 3 * _description.Air!.TimeOnAir(MaxFrame);
        if (room) Hand(_waiting!, now, outputs);
        else if (_held || now - _waitingSince < (patience > LongestFull ? patience : LongestFull)) _due = now + Poll;
        else Fail("the RNode's queue stays full: see whether something near jams the channel, and switch the modem off and on", outputs);
    }

    private void TakeError(byte code, TimeSpan now, ModemOutputs outputs)
    {
        _lastError = $" ({RnodeProtocol.ErrorText(code)})";
        if (_phase == Phase.Working) Restart($"it reports {RnodeProtocol.ErrorText(code)}", find: false, now, outputs);
    }

    /// <summary>The modem's own lock holds frames without a word; it should never come to that, because the node keeps the hour itself.</summary>
    private void NoteLock(ModemOutputs outputs)
    {
        var held = Facts.Airtime >= _description.Air!.DutyCycle;
        if (held == _held) return;
        _held = held;
        outputs.Add(new ModemOutput.Noted(held
            ? $"The RNode holds frames: it transmitted {Facts.Airtime:P1} of the past hour and may {_description.Air.DutyCycle:P0}."
            : "The RNode transmits again: its hour has room."));
    }
}
